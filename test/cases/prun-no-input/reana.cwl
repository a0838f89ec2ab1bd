cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: r/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  r:
    run: reana
    in:
      opt_inDS: top/outDS
      opt_exec: {default: "bash submit.sh %IN"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

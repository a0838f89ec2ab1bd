cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: r/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--nJobs 2"}
    out: [outDS]
  r:
    run: reana
    in:
      opt_inDS: top/outDS
      opt_exec: {default: "bash go.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

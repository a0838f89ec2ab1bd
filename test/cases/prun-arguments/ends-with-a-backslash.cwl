cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt \\"}
    out: [outDS]

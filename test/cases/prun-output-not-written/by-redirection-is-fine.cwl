cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "cat x 2>err.txt >>out.txt"}
      opt_args: {default: "--outputs out.txt,err.txt"}
    out: [outDS]

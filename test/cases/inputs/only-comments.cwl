cwlVersion: v1.2
class: Workflow
inputs:
  data: {type: string, default: x}
  split: {type: string, default: "--outputs out.txt"}
outputs:
  outDS: {type: string, outputSource: a/outDS}
steps:
  a:
    run: prun
    in:
      opt_inDS: data
      opt_args: split
      opt_exec: {default: "echo %IN > out.txt"}
    out: [outDS]

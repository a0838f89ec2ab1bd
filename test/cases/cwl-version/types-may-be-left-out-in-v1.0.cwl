cwlVersion: v1.0
class: Workflow
inputs:
  d: {default: a/}
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  bottom:
    run: prun
    in:
      opt_inDS: d
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

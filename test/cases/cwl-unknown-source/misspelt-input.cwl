cwlVersion: v1.2
class: Workflow
inputs:
  signal: {type: string, default: a/}
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  bottom:
    run: prun
    in:
      opt_inDS: signl
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

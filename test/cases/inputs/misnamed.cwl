cwlVersion: v1.2
class: Workflow
inputs:
  signal: string
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  bottom:
    run: prun
    in:
      opt_inDS: signal
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs:
  signal: string
  background: string
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_inDS: signal
      opt_exec: {default: "echo %IN %{background} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

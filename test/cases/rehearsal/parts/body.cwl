cwlVersion: v1.2
class: Workflow
inputs:
  dataset: string
  name: string
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_inDS: dataset
      opt_exec: {default: "echo %IN %{name} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs:
  dataset: string
  param_mass: {type: int, default: 5}
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_inDS: dataset
      opt_exec: {default: "echo %IN %{mass} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  decide:
    run: junction
    in:
      opt_inDS: inner/outDS
      opt_exec: {default: "echo %{DS1}"}
    out: []

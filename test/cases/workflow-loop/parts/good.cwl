cwlVersion: v1.2
class: Workflow
inputs:
  param_mass: {type: int, default: 1}
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "echo %{mass} %{i}"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  decide:
    run: junction
    in: {opt_inDS: inner/outDS, opt_exec: {default: "decide %{DS1}"}}
    out: []

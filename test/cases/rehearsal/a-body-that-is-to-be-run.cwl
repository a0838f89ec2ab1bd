cwlVersion: v1.2
class: Workflow
inputs:
  param_mass: {type: int, default: 5}
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "echo %{mass} %{i} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

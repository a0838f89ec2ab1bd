cwlVersion: v1.2
class: Workflow
inputs:
  mass: {type: int, default: 1}
  param_width: {type: float, default: 0.5}
outputs: []
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "echo %{mass} %{width} %{i} %{widht}"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

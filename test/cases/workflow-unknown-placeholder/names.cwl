cwlVersion: v1.2
class: Workflow
inputs:
  seed: {type: int, default: 1}
outputs: []
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo %{seed} %{i}"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  sub:
    run: parts/body.cwl
    in: {}
    out: []

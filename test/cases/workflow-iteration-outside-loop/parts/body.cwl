cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "echo %{i} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

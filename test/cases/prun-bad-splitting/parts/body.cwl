cwlVersion: v1.2
class: Workflow
inputs:
  size: int
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt --nGBPerJob %{size}"}
    out: [outDS]

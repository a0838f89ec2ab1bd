cwlVersion: v1.2
class: Workflow
inputs:
  dataset: {type: string, default: a/}
outputs: []
steps:
  inner:
    run: prun
    in:
      opt_inDS: dataset
      opt_containerImag: {default: x}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

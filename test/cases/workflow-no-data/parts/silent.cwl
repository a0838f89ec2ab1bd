cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

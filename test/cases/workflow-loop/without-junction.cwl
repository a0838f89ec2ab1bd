cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  sub:
    run: parts/body.cwl
    in: {dataset: {default: a/}}
    out: [outDS]
    hints: [loop]
  leaf:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    hints: [loop]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  a:
    run: parts/body.cwl
    in: {dataset: top/outDS}
    out: [outDS]
  b:
    run: parts/body.cwl
    in: {dataset: top/outDS}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  bottom:
    run: prun
    in:
      opt_inDs: top/outDS
      opt_trainingDS: top/outDS
      tag: top/outDS
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  sub:
    run: parts/body.cwl
    in: {datset: top/outDS}
    out: []

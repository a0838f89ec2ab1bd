cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  sub:
    run: parts/silent.cwl
    in: []
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: sub/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  bottom:
    run: prun
    in:
      opt_inDS: sub/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  sub:
    run: parts/nowhere.cwl
    in: []
    out: [outDS]

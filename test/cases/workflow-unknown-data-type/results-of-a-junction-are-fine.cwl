cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  top:
    run: junction
    in:
      opt_exec: {default: "python decide.py"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_inDsType: {default: "results.json"}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

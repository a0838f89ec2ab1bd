cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: decide/outDS}
steps:
  decide:
    run: junction
    in:
      opt_exec: {default: "python decide.py"}
    out: [outDS]

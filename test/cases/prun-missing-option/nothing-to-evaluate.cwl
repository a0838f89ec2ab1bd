cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: hpo/outDS}
steps:
  hpo:
    run: phpo
    in:
      opt_args: {default: "--steeringExec \"run x %IN %OUT %NUM_POINTS %MAX_POINTS\" --maxPoints 20"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  result: {type: string, outputSource: search/outDS}
steps:
  search:
    run: phpo
    in:
      opt_args: {default: "--steeringExec \"python3 steer.py %IN %OUT %NUM_POINTS %MAX_POINTS\" --evaluationContainer docker://alice/train:1 --evaluationExec \"python3 train.py\" --steeringContainer steer:1"}
    out: [outDS]

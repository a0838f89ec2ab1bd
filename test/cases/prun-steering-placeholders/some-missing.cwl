cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  result: {type: string, outputSource: search/outDS}
steps:
  search:
    run: phpo
    in:
      opt_args: {default: "--steeringExec \"run steer:1 %IN %OUT\" --evaluationContainer docker://alice/train:1 --evaluationExec \"python3 train.py\""}
    out: [outDS]

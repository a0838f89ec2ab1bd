cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  result: {type: string, outputSource: search/outDS}
steps:
  search:
    run: phpo
    in:
      opt_args: {default: "--loadJson s.json --maxPoints 20 --maxPointsPerEvaluationJob 2"}
    out: [outDS]

# case: there=s.json text=s.json:{"steeringExec": "run s %IN %OUT %NUM_POINTS %MAX_POINTS", "evaluationContainer": "docker://busybox", "evaluationExec": "true", "maxPoints": 9, "maxPointsPerEvaluationJob": 2, "maxEvaluationJobs": "3"}
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  result: {type: string, outputSource: search/outDS}
steps:
  search:
    run: phpo
    in:
      opt_args: {default: "--loadJson s.json"}
    out: [outDS]

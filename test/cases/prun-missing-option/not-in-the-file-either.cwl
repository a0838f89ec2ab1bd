# case: there=s.json text=s.json:{"steeringExec": "run s %IN %OUT %NUM_POINTS %MAX_POINTS", "evaluationContainr": "docker://busybox", "evaluationExec": "true"}
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

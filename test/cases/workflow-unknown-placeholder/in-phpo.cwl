cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  result: {type: string, outputSource: search/outDS}
steps:
  search:
    run: phpo
    in:
      opt_args: {default: "--loadJson s.json --evaluationExec 'bash eval.sh %{i}'"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: hpo/outDS}
steps:
  hpo:
    run: phpo
    in:
      opt_args: {default: "--loadJson conf.json --noSubmit"}
    out: [outDS]

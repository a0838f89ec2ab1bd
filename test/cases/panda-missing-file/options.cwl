# case: there=x
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  hpo:
    run: phpo
    in:
      opt_args: {default: "--loadJson conf.json"}
    out: [outDS]
  top:
    run: prun
    in:
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt --inDsTxt sets.txt"}
    out: [outDS]

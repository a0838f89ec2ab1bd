cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: hpo/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  hpo:
    run: phpo
    in:
      opt_trainingDS: top/outDS
      opt_trainingDsType: {default: "out.txt"}
      opt_args: {default: "--loadJson c.json"}
    out: [outDS]

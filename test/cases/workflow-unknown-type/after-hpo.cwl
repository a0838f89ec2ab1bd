cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  main_hpo:
    run: phpo
    in: {opt_args: {default: "--loadJson conf.json"}}
    out: [outDS]
  post:
    run: prun
    in:
      opt_inDS: main_hpo/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  fine:
    run: prun
    in:
      opt_inDS: main_hpo/outDS
      opt_inDsType: {default: metrics.tgz}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

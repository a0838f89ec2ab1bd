cwlVersion: v1.2
class: Workflow
inputs:
  dataset: string
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_inDS: dataset
      opt_useAthenaPackages: {default: true}
      opt_exec: {default: "athena jo.py %IN"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

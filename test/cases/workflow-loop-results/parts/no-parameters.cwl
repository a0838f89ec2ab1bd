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
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  decide:
    run: junction
    in:
      opt_inDS: inner/outDS
      opt_exec: {default: "echo '{\"mass\": 6, \"to_continue\": false}' > results.json"}
    out: []

cwlVersion: v1.0
class: Workflow
inputs: text
outputs:
  o: {type: string, outputSource: s/outDS}
steps:
  s:
    run: prun
    in:
      opt_inDS: data
      opt_exec: {default: "echo %IN > a"}
      opt_args: {default: "--outputs a"}
    out: [outDS]

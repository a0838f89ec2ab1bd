cwlVersion: v1.2
class: Workflow
inputs: {data: string}
outputs:
  o: {type: string, outputSource: s/outDS}
steps:
  s:
    run: prun
    in:
      opt_inDS: data
      opt_exec: {default: "cat %IN > a"}
      opt_args: {default: "--outputs a"}
    out: [outDS]

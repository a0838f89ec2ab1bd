cwlVersion: v1.0
class: Workflow
requirements: {ScaterFeatureRequirement: {}}
inputs: []
outputs:
  outDS: {type: string, outputSource: two/outDS}
steps:
  one:
    run: prun
    in:
      opt_exec: {default: "echo 1 > a.txt"}
      opt_args: {default: "--outputs a.txt"}
    out: [outDS]
  two:
    run: prun
    in:
      opt_inDS: [one/outDS]
      opt_exec: {default: "cat %IN > b.txt"}
      opt_args: {default: "--outputs b.txt"}
    out: [outDS]
    when: $(self.opt_inDS)

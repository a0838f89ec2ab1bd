cwlVersion: v1.2
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
  InlineJavascriptRequirement: {}
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  two:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_secondaryDSs: [two/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDS && self.opt_secondaryDSs[0])

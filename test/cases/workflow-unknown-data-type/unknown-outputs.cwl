cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs:
  kind: {type: string, default: a.root}
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  sub:
    run: parts/body.cwl
    in:
      kind: kind
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: sub/outDS
      opt_inDsType: {default: "a.root"}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

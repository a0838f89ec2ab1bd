cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs:
  size: {type: int, default: 3}
outputs:
  outDS: {type: string, outputSource: sub/outDS}
steps:
  sub:
    run: parts/body.cwl
    in:
      size: size
    out: [outDS]

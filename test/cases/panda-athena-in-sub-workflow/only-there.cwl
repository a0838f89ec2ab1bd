cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs:
  data: {type: string, default: mc23.x}
outputs:
  outDS: {type: string, outputSource: sub/outDS}
steps:
  sub:
    run: parts/body.cwl
    in:
      dataset: data
    out: [outDS]

cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs: []
outputs:
  outDS: {type: string, outputSource: once/outDS}
steps:
  once:
    run: parts/body.cwl
    in: {}
    out: [outDS]

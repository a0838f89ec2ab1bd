# case: rehearsal
cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
  ScatterFeatureRequirement: {}
inputs:
  sets: string[]
  names: {type: {type: array, items: string}}
outputs:
  outDS: {type: string, outputSource: many/outDS}
steps:
  many:
    run: parts/body.cwl
    in:
      dataset: sets
      name: names
    out: [outDS]
    scatter: [dataset, name]
    scatterMethod: dotproduct

cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
  ScatterFeatureRequirement: {}
inputs:
  signals: string[]
  backgrounds: string[]
outputs:
  outDS: {type: string, outputSource: many/outDS}
steps:
  many:
    run: parts/two.cwl
    in:
      signal: signals
      background: backgrounds
    out: [outDS]
    scatter: [signal, background]
    scatterMethod: dotproduct

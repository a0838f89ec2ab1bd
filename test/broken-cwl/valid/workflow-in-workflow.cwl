cwlVersion: v1.0
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs: {events: File}
outputs:
  back: {type: File, outputSource: inner/same}
steps:
  inner:
    run:
      class: Workflow
      inputs: {events: File}
      outputs:
        same: {type: File, outputSource: events}
      steps: {}
    in: {events: events}
    out: [same]

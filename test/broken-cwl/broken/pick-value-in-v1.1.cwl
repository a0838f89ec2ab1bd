cwlVersion: v1.1
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
inputs: {a: File?, b: File}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in:
      events:
        source: [a, b]
        pickValue: first_non_null # fault: cwl/field-version
    out: [hist]

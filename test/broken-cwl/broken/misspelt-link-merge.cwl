cwlVersion: v1.2
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
inputs: {a: File, b: File}
outputs: []
steps:
  merge:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {parts: "File[]"}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in:
      parts:
        source: [a, b]
        linkMerge: merge_flatten # fault: cwl/wrong-type
    out: [hist]

cwlVersion: v1.1
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
inputs: {a: File, b: "File[]"}
outputs:
  all: {type: "File[]", outputSource: [a, b], linkMerge: merge_flattened}
  sum: {type: File, outputSource: merge/hist}
steps:
  merge:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {parts: "File[]", nested: {type: {type: array, items: {type: array, items: File}}}}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in:
      parts: {source: [a, b], linkMerge: merge_flattened}
      nested: {source: [b], linkMerge: merge_nested}
    out: [hist]

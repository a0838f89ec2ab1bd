cwlVersion: v1.2
class: Workflow
requirements: {MultipleInputFeatureRequirement: {}, ScatterFeatureRequirement: {}}
inputs: {a: "string[]", b: "string[]", c: string?, d: string}
outputs:
  flat: {type: "string[]", outputSource: [a, b], linkMerge: merge_flattened}
  nested: {type: {type: array, items: {type: array, items: string}}, outputSource: [a, b]}
  first: {type: string, outputSource: [c, d], pickValue: first_non_null}
  some: {type: "string[]", outputSource: [c, d], pickValue: all_non_null}
  many: {type: {type: array, items: {type: array, items: File}}, outputSource: say/said}
steps:
  say:
    run: parts/echo.cwl
    scatter: [message, times]
    scatterMethod: nested_crossproduct
    in: {message: a, times: {default: [1, 2]}}
    out: [said]

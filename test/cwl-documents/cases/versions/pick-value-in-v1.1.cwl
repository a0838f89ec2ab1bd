cwlVersion: v1.1
class: Workflow
requirements: {MultipleInputFeatureRequirement: {}}
inputs: {a: string?, b: string}
outputs:
  c: {type: string, outputSource: [a, b], pickValue: first_non_null}
steps: []

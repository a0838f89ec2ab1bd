cwlVersion: v1.2
class: Workflow
requirements: {MultipleInputFeatureRequirement: {}}
inputs: {a: "string[]", b: "string[]"}
outputs:
  both: {type: "string[]", outputSource: [a, b]}
steps: []

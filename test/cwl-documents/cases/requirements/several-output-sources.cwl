cwlVersion: v1.2
class: Workflow
inputs: {a: string, b: string}
outputs:
  both: {type: "string[]", outputSource: [a, b]}
steps: []

cwlVersion: v1.1
class: Workflow
inputs: {a: File}
outputs:
  c: {type: File, outputSource: a, outputBinding: {glob: x}}
steps: []

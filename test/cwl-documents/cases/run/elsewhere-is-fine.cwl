cwlVersion: v1.2
class: Workflow
inputs: {a: string}
outputs:
  b: {type: File, outputSource: one/b}
steps:
  one: {run: "https://example.org/tool.cwl", in: {a: a}, out: [b]}

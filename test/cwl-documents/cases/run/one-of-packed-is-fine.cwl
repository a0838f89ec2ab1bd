cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  one: {run: "parts/two.cwl#left", in: {}, out: []}

cwlVersion: v1.0
class: Workflow
inputs: []
outputs: []
steps:
  part: {run: parts/body.cwl, in: {}, out: [outDS]}

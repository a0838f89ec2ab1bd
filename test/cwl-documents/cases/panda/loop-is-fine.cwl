cwlVersion: v1.0
class: Workflow
inputs: []
outputs: []
steps:
  turn: {run: parts/body.cwl, in: {}, out: [outDS], hints: [loop]}

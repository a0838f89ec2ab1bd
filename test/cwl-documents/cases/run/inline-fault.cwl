cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  one:
    run: {class: CommandLineTol, baseCommand: echo, inputs: [], outputs: []}
    in: {}
    out: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  name: {type: string, inputBinding: [1]}
outputs: []

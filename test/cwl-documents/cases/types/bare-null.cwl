cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  x: [null, string]
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  name: {type: string, inputBinding: {position: "2"}}
outputs: []

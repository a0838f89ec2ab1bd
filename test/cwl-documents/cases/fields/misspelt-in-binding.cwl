cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  name: {type: string, inputBinding: {postion: 1}}
outputs: []

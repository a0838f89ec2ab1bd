cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
label:
doc:
requirements:
inputs:
  name: {type: string, inputBinding: }
outputs: []

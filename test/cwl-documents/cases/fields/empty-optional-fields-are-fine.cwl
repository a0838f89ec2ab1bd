cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
label:
doc:
inputs:
  name: {type: string, inputBinding: }
outputs: []

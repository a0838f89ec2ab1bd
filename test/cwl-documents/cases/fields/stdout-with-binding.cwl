cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs: []
outputs:
  said: {type: stdout, outputBinding: {glob: said.txt}}

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
label: 7
inputs: []
outputs: []

cwlVersion: v2.0
class: CommandLineTool
baseCommand: echo
inputs: []
outputs: []

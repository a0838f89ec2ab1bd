cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
inputs: []
outputs: []

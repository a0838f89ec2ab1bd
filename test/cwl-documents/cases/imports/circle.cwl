cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
hints: [{$import: parts/left.yml}]
inputs: []
outputs: []

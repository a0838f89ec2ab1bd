cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: [{$import: parts/nowhere.yml}]
inputs: []
outputs: []

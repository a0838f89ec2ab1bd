cwlVersion: v1.2
class: CommandLineTool
baseCommand: [head, -n, 3]
inputs: []
outputs: []

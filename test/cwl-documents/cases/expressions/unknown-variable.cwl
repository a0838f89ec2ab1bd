cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
arguments: [$(input.name)]
inputs: {name: string}
outputs: []

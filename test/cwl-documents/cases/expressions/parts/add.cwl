cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
arguments: [$(inputs.n + 1)]
inputs: {n: int}
outputs: []

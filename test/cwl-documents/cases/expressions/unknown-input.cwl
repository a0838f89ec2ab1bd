cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
arguments: [$(inputs.nmae.basename)]
inputs: {name: File}
outputs: []

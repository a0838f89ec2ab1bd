cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
arguments: ["$(inputs.name"]
inputs: {name: string}
outputs: []

cwlVersion: v1.0
class: CommandLineTool
baseCommand: echo
inputs: {message: string}
outputs: []

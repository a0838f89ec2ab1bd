cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
stdot: x
inputs: {message: string}
outputs: []

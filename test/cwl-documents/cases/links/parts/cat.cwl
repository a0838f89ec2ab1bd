cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs: {file: File}
outputs: {file: stdout}

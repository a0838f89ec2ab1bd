cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  - {id: name, type: string}
  - {id: name, type: int}
outputs: []

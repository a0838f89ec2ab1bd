cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  x: {type: {type: enum, symbols: [red, green, red]}}
outputs: []

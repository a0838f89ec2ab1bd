cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
  SchemaDefRequirement:
    types:
      - {name: Colour, type: enum, symbols: [red, green]}
inputs:
  a: Colur
outputs: []

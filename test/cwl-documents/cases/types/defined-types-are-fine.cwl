cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
  SchemaDefRequirement:
    types:
      - {name: Colour, type: enum, symbols: [red, green]}
      - {name: Point, type: record, fields: {x: float, colour: Colour}}
inputs:
  a: Colour
  b: Point[]
outputs: []

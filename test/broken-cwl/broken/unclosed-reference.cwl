cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: echo
inputs:
  mass: int
arguments:
  - -m
  - "$(inputs.mass" # fault: cwl/bad-expression
outputs: []

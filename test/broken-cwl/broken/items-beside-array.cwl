cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  masses:
    type: int[]
    items: int # fault: cwl/unknown-field
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  grid:
    type:
      type: array
      items: int[] # fault: cwl/unknown-type
outputs: []

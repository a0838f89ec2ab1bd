cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  grid: int[][] # fault: cwl/unknown-type
outputs: []

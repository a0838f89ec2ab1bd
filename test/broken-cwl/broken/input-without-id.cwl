cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  - type: File # fault: cwl/missing-field
outputs: []

cwlVersion: v1.1
class: CommandLineTool
baseCommand: root
inputs:
  - id: # fault: cwl/missing-field
    type: File
outputs: []

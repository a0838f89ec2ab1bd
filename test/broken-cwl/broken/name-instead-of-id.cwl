cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  - name: events # fault: cwl/missing-field
    type: File
outputs: []

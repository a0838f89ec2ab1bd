cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events:
    type: File
    inputBinding:
      prefx: --events # fault: cwl/unknown-field
outputs: []

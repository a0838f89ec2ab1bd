cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events:
    type: File
    InputBinding: {position: 1} # fault: cwl/unknown-field
outputs: []

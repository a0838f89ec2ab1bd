cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  masses:
    type: {type: array} # fault: cwl/missing-field
outputs: []

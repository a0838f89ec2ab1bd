cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  masses:
    type: array # fault: cwl/unknown-type
outputs: []

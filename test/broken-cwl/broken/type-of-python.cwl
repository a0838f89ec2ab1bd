cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  mass:
    type: integer # fault: cwl/unknown-type
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  label: string?? # fault: cwl/unknown-type
outputs: []

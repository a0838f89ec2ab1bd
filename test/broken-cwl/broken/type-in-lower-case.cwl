cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events: file # fault: cwl/unknown-type
outputs: []

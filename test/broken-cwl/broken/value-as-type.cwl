cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events: 1000 # fault: cwl/wrong-type
outputs: []

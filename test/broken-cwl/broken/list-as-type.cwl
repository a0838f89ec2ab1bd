cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  masses:
    type: {type: list, items: int} # fault: cwl/wrong-type
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  label:
    type: [null, string] # fault: cwl/wrong-type
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events:
    type: File
    inputBinding:
      position: first # fault: cwl/wrong-type
outputs: []

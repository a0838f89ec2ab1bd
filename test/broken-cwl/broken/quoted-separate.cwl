cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events:
    type: File
    inputBinding:
      prefix: --events=
      separate: "false" # fault: cwl/wrong-type
outputs: []

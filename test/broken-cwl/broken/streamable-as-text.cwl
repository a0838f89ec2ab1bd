cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  events:
    type: File
    streamable: yes please # fault: cwl/wrong-type
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  a: &file
    type: File
    inputBinding: {position: 1}
  b: *file
outputs: []

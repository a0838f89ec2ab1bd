cwlVersion: v1.0
class: CommandLineTool
baseCommand: echo
inputs:
  reads: {type: File, secondaryFiles: [{pattern: .bai}]}
outputs: []

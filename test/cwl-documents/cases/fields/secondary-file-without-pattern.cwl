cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  reads: {type: File, secondaryFiles: [{patern: .bai}]}
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  reads:
    type: File
    secondaryFiles: [.bai?, {pattern: ^.idx, required: $(inputs.strict)}, "$(self.basename).fai"]
  strict: boolean
outputs:
  sorted:
    type: File
    secondaryFiles: {pattern: .bai}
    outputBinding: {glob: "*.bam"}

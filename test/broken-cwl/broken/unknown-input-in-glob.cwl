cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  output_name: string
outputs:
  result:
    type: File
    outputBinding:
      glob: $(inputs.outputname) # fault: cwl/unknown-input
# cwltool accepts this: it evaluates expressions only when it runs

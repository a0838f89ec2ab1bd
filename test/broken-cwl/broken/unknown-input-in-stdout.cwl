cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  name: string
outputs:
  result: stdout
stdout: $(inputs.nam).txt # fault: cwl/unknown-input
# cwltool accepts this: it evaluates expressions only when it runs

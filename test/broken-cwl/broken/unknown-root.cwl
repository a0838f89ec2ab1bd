cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  mass: int
arguments: [$(input.mass)] # fault: cwl/unknown-variable
outputs: []
# cwltool accepts this: it evaluates expressions only when it runs

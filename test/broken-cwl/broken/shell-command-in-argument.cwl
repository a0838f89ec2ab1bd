cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs: []
arguments: ["$(date +%s)"] # fault: cwl/bad-expression
outputs: []
# cwltool accepts this: it evaluates expressions only when it runs

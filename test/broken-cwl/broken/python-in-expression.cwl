cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: echo
inputs:
  a: int
  b: int
arguments: ["$(inputs.a and inputs.b)"] # fault: cwl/bad-expression
outputs: []
# cwltool accepts this: its check of JavaScript only warns; it fails when it runs

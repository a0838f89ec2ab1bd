cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: echo
inputs:
  a: int
arguments: ["$(return inputs.a;)"] # fault: cwl/bad-expression
outputs: []
# cwltool accepts this: its check of JavaScript only warns; it fails when it runs

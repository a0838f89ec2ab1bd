cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
  InlineJavascriptRequirement:
    expressionLib: ["function two( { return 2; }"]
inputs: []
outputs: []

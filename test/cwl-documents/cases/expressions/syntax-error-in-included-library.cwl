cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
  InlineJavascriptRequirement:
    expressionLib: [{$include: parts/broken-script.txt}]
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement:
    expressionLib:
      - "function twice(x) { return 2 * x;" # fault: cwl/bad-expression
baseCommand: echo
inputs: []
outputs: []
# cwltool accepts this: its check of JavaScript only warns; it fails when it runs

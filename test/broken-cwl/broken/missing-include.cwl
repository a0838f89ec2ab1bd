cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement:
    expressionLib:
      - $include: no-such-library.js # fault: cwl/missing-file
baseCommand: root
inputs: []
outputs: []

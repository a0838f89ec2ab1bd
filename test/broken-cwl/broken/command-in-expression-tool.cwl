cwlVersion: v1.1
class: ExpressionTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: node # fault: cwl/unknown-field
inputs: {a: int}
outputs: {b: int}
expression: "$({b: inputs.a})"

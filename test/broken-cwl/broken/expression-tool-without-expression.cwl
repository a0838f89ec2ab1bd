cwlVersion: v1.2
class: ExpressionTool # fault: cwl/missing-field
requirements:
  InlineJavascriptRequirement: {}
inputs: {a: int}
outputs: {b: int}

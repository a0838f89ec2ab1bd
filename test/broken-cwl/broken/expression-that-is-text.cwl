cwlVersion: v1.2
class: ExpressionTool
requirements:
  InlineJavascriptRequirement: {}
inputs: {a: int}
outputs: {b: int}
expression: "return {b: inputs.a};" # fault: cwl/wrong-type

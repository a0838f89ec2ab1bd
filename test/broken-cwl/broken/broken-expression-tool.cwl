cwlVersion: v1.0
class: ExpressionTool
requirements:
  InlineJavascriptRequirement: {}
inputs: {a: int}
outputs: {b: int}
expression: |
  ${
    return {b: inputs.a + }; // fault: cwl/bad-expression
  }
# cwltool accepts this: its check of JavaScript only warns; it fails when it runs

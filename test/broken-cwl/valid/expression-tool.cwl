cwlVersion: v1.0
class: ExpressionTool
requirements:
  - class: InlineJavascriptRequirement
inputs:
  - {id: points, type: "float[]"}
outputs:
  - {id: best, type: float}
expression: "${ return {best: Math.max.apply(null, inputs.points)}; }"

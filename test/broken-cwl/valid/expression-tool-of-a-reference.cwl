cwlVersion: v1.2
class: ExpressionTool
inputs:
  point: {type: {type: record, fields: {best: float}}}
outputs: {best: float}
expression: $(inputs.point)

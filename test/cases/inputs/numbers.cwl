cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs:
  n: int
  x: float
  b: boolean
  o: int?
  any: Any
  f: File?
  l: long[]
outputs:
  outDS: {type: string, outputSource: s/outDS}
steps:
  s:
    run: parts/numbers.cwl
    in:
      n: n
      x: x
      b: b
      o: o
      any: any
      f: f
      l: l
    out: [outDS]

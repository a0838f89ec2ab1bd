cwlVersion: v1.2
class: Workflow
requirements:
  - class: StepInputExpressionRequirement
inputs: {a: int}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {bins: string, low: "float?", name: {type: string, default: hist}}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in:
      bins: {source: a, valueFrom: $(self) bins}
      low: {default: 0.5}
    out: []

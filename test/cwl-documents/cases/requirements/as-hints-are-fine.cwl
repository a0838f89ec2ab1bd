cwlVersion: v1.2
class: Workflow
hints: [{class: ScatterFeatureRequirement}, {class: StepInputExpressionRequirement}]
inputs: {all: "string[]"}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    scatter: message
    in: {message: all, times: {valueFrom: "$(inputs.times)"}}
    out: []

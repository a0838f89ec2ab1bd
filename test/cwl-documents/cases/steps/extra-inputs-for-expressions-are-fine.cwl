cwlVersion: v1.2
class: Workflow
requirements: {StepInputExpressionRequirement: {}}
inputs: {message: string, suffix: string}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: {source: message, valueFrom: $(inputs.suffix)}, suffix: suffix}
    out: []

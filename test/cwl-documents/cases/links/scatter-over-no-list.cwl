cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {one: string}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    scatter: message
    in: {message: one}
    out: []

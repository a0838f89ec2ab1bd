cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {all: "string[]"}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    scatter: message
    scatterMethod: dotproducts
    in: {message: all}
    out: []

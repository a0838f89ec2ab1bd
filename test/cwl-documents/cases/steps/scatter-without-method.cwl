cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {all: "string[]", n: "int[]"}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    scatter: [message, times]
    in: {message: all, times: n}
    out: []

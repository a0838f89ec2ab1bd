cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {all: "string[]"}
outputs:
  o: {type: File, outputSource: say/said}
steps:
  say:
    run: parts/echo.cwl
    scatter: message
    in: {message: all}
    out: [said]

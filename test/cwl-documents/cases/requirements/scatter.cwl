cwlVersion: v1.2
class: Workflow
inputs: {all: "string[]"}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    scatter: message
    in: {message: all}
    out: []

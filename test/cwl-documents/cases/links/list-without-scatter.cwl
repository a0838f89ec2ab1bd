cwlVersion: v1.2
class: Workflow
inputs: {all: "string[]"}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: all}
    out: []

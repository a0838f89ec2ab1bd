cwlVersion: v1.2
class: Workflow
inputs: {}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: hello world}
    out: []

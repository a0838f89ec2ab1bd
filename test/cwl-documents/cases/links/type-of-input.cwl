cwlVersion: v1.2
class: Workflow
inputs: {n: int}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: n}
    out: []

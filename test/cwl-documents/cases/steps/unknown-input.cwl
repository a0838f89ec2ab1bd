cwlVersion: v1.2
class: Workflow
inputs: {message: string, n: int}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: message, tims: n}
    out: []

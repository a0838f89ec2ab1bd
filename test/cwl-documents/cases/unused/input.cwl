cwlVersion: v1.2
class: Workflow
inputs: {message: string, other: int}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: message}
    out: []

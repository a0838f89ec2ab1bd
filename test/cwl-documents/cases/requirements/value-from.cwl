cwlVersion: v1.2
class: Workflow
inputs: {a: string}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: {source: a, valueFrom: hello}}
    out: []

cwlVersion: v1.2
class: Workflow
inputs: {a: string?, b: string}
outputs: []
steps:
  say:
    run: parts/echo.cwl
    in: {message: {source: [a, b], pickValue: first_non_null}}
    out: []

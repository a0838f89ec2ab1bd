cwlVersion: v1.2
class: Workflow
inputs: {message: string}
outputs: []
steps:
  say: parts/echo.cwl

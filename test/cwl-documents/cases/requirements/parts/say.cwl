cwlVersion: v1.2
class: Workflow
inputs:
  message: string
outputs:
  said: {type: File, outputSource: say/said}
steps:
  say:
    run: echo.cwl
    in: {message: message}
    out: [said]

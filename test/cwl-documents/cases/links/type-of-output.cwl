cwlVersion: v1.2
class: Workflow
inputs: {message: string}
outputs:
  o: {type: string, outputSource: say/said}
steps:
  say:
    run: parts/echo.cwl
    in: {message: message}
    out: [said]

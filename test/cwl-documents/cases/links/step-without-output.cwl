cwlVersion: v1.2
class: Workflow
inputs: {message: string}
outputs:
  o: {type: File, outputSource: say}
steps:
  say:
    run: parts/echo.cwl
    in: {message: message}
    out: [said]

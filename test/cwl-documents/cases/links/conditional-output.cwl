cwlVersion: v1.2
class: Workflow
inputs: {message: string, go: boolean}
outputs:
  o: {type: File, outputSource: say/said}
steps:
  say:
    run: parts/echo.cwl
    when: $(inputs.go)
    in: {message: message, go: go}
    out: [said]

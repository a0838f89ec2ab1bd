cwlVersion: v1.2
class: Workflow
inputs: {go: boolean}
outputs: []
steps:
  say:
    run: {class: CommandLineTool, baseCommand: echo, inputs: {go: boolean}, outputs: []}
    when: inputs.go
    in: {go: go}
    out: []

cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  top:
    run:
      class: Workflow
      inputs: []
      outputs: []
      steps: []
    in: []
    out: []
  remote:
    run: https://example.org/body.cwl
    in: []
    out: []
  part:
    run: body.cwl#main
    in: []
    out: []

cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  back:
    run: ../through-another.cwl
    in: []
    out: []

cwlVersion: v1.2
class: Workflow
inputs:
  - type: string
outputs: []
steps:
  - run: prun
    in: []
    out: []

cwlVersion: v1.2
class: workflow
inputs: []
outputs: []
steps: []

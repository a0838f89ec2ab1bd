cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps: fill # fault: cwl/wrong-type

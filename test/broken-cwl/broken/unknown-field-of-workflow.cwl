cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps: []
baseCommand: root # fault: cwl/unknown-field

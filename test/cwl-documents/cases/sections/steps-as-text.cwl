cwlVersion: v1.2
class: Workflow
inputs: {inp: File}
outputs:
  o: {type: File, outputSource: s/o}
steps: text

cwlVersion: v1.0
class: CommandLineTool
baseCommand: root
inputs:
  - id: point
    type:
      type: record
      fields:
        - {name: mass, type: float, inputBinding: {prefix: -m}}
        - {name: label, type: string?}
outputs: []

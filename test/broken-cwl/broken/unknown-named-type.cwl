cwlVersion: v1.2
class: CommandLineTool
requirements:
  SchemaDefRequirement:
    types:
      - name: sample
        type: enum
        symbols: [data, signal]
baseCommand: root
inputs:
  kind: "#sampel" # fault: cwl/unknown-type
outputs: []

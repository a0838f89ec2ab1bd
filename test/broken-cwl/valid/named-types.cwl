cwlVersion: v1.2
class: CommandLineTool
requirements:
  SchemaDefRequirement:
    types:
      - name: kind
        type: enum
        symbols: [data, signal]
      - name: sample
        type: record
        fields:
          - {name: kind, type: "#kind"}
          - {name: events, type: "File[]"}
baseCommand: root
inputs:
  one: "#sample"
  many: {type: {type: array, items: "#sample"}}
  maybe: "#kind?"
outputs: []

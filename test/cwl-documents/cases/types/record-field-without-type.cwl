cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  x: {type: {type: record, fields: {a: {label: none}}}}
outputs: []

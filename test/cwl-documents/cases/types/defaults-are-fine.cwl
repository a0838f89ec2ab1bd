cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  a: {type: int, default: 3}
  b: {type: float, default: 3}
  c: {type: File, default: {class: File, location: data.txt}}
  d: {type: "int[]?", default: [1, 2]}
  e: {type: long, default: 123456789012345678901234567890}
  f: {type: [string, int], default: x}
  g: {type: string, default: null}
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  a: {type: int, default: "3"}
  b: {type: string, default: 4}
  c: {type: File, default: data.txt}
  d: {type: "int[]", default: [1, two]}
  e: {type: boolean, default: "yes"}
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: [root, -b]
inputs:
  a: string?
  b: File[]
  c: int[]?
  d: [File, "null"]
  e: {type: ["string[]", int?]}
  f: Any
outputs: {}

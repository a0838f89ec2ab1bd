cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  a: string[]?
  b: ["null", int, {type: array, items: File}]
  c: {type: {type: enum, symbols: [red, green]}}
  d: {type: {type: record, fields: {x: int, y: {type: string?, inputBinding: {prefix: -y}}}}}
  e: Any
  f: {type: {type: array, items: {type: array, items: float}, inputBinding: {prefix: -f}}}
outputs:
  said: stdout
  failed: stderr

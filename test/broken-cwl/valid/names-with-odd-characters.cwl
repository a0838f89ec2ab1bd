cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  größe: int
  a.b: string
  "1st": File
outputs: []

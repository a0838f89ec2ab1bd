cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: {InlineJavascriptRequirement: {}}
arguments:
  - $(inputs.n +)
  - "${ return [1, 2; }"
inputs: {n: int}
outputs: []

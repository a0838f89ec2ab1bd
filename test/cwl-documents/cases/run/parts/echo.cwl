cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  message: {type: string, inputBinding: {position: 1}}
  times: {type: int?, inputBinding: {prefix: -n}}
outputs:
  said: stdout

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs: []
outputs:
  n: {type: int, outputBinding: {glob: n.txt, outputEval: "self[0]"}}

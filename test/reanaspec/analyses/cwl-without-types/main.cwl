cwlVersion: v1.0
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: null}
hints:
  reana: text
baseCommand: [echo, $(inputs.a), $(inputs.b), $(inputs.c)]
inputs:
  a: {}
  b: null
  c: {type: null}
outputs:
  r: {outputBinding: {glob: x}}

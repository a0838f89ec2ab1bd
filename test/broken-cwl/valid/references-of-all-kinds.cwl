cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  reads: File[]
  odd-name: string
arguments:
  - $(inputs.reads[0].nameroot).$(inputs['odd-name'])
  - $(inputs['reads'][1]["basename"])
  - $(runtime.cores)
  - $(null)
outputs: []
stdout: $(inputs.reads[0].basename).txt

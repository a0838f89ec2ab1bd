cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
when: $(inputs.x)
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLinTool # fault: cwl/unknown-class
baseCommand: echo
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool # fault: cwl/missing-field
baseCommand: echo
inputs: []

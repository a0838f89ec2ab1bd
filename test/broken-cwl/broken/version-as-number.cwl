cwlVersion: 1.2 # fault: cwl/unknown-version
class: CommandLineTool
baseCommand: echo
inputs: []
outputs: []

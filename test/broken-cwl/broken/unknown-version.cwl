cwlVersion: v1.9 # fault: cwl/unknown-version
class: CommandLineTool
baseCommand: echo
inputs: []
outputs: []

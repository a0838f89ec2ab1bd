cwlVersion: v1.2
class: CommandLineTool
requirements:
  NetworkAccess: {} # fault: cwl/missing-field
baseCommand: curl
inputs: []
outputs: []

cwlVersion: v1.0
class: CommandLineTool
baseCommand: ls
inputs:
  runs:
    type: Directory
    loadListing: deep_listing # fault: cwl/field-version
outputs: []

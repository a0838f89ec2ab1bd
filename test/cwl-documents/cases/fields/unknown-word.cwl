cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  folder: {type: Directory, loadListing: deep}
outputs: []

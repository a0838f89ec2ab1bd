cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs:
  histogram:
    type: File
    glob: hist.root # fault: cwl/unknown-field

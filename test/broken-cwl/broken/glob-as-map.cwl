cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs:
  histogram:
    type: File
    outputBinding:
      glob: {pattern: hist.root} # fault: cwl/wrong-type

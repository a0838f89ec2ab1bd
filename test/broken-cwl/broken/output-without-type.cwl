cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs:
  histogram: # fault: cwl/missing-field
    outputBinding: {glob: "*.root"}

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  mode:
    type:
      type: enum # fault: cwl/missing-field
outputs: []

cwlVersion: v1.0
class: CommandLineTool
baseCommand: root
inputs:
  events:
    type: File
    secondaryFiles:
      - {pattern: .idx, required: false} # fault: cwl/field-version
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  point:
    type:
      type: record
      fields:
        - name: mass # fault: cwl/missing-field
          doc: in GeV
outputs: []

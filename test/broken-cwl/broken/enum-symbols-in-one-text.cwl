cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  mode:
    type:
      type: enum
      symbols: fast slow # fault: cwl/wrong-type
outputs: []

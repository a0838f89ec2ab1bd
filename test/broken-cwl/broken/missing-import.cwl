cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  $import: no-such-inputs.yml # fault: cwl/missing-file
outputs: []

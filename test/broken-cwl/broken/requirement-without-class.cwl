cwlVersion: v1.2
class: CommandLineTool
requirements:
  - dockerPull: rootproject/root:6.32.02-ubuntu24.04 # fault: cwl/missing-field
baseCommand: root
inputs: []
outputs: []

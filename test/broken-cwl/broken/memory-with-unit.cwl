cwlVersion: v1.2
class: CommandLineTool
requirements:
  ResourceRequirement:
    ramMin: 4GB # fault: cwl/wrong-type
baseCommand: root
inputs: []
outputs: []

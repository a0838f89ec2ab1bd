cwlVersion: v1.1
class: CommandLineTool
requirements:
  ResourceRequirement:
    coresMin: 0.5 # fault: cwl/field-version
baseCommand: root
inputs: []
outputs: []

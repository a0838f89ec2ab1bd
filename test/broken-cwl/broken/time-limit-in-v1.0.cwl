cwlVersion: v1.0
class: CommandLineTool
requirements:
  ToolTimeLimit: # fault: cwl/field-version
    timelimit: 3600
baseCommand: root
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
requirements: # fault: cwl/wrong-type
baseCommand: root
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs: []
permanentFailCodes: 1 # fault: cwl/wrong-type

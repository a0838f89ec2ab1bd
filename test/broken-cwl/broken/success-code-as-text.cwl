cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs: []
successCodes: [0, "3"] # fault: cwl/wrong-type

cwlVersion: v1.2
class: CommandLineTool
baseCommand: sleep
arguments: [5] # fault: cwl/wrong-type
inputs: []
outputs: []

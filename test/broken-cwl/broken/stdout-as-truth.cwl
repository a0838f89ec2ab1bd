cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs: []
stdout: true # fault: cwl/wrong-type

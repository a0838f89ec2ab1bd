cwlVersion: v1.2
class: CommandLineTool
baseCommand: {cmd: root} # fault: cwl/wrong-type
inputs: []
outputs: []

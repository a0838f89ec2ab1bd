cwlVersion: v1.2
class: CommandLineTool
doc: {text: a fit} # fault: cwl/wrong-type
baseCommand: root
inputs: []
outputs: []

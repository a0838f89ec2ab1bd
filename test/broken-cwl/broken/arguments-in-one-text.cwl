cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
arguments: -b -q fit.C # fault: cwl/wrong-type
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs: []
baseCommand: hadd # fault: yaml/duplicate-key

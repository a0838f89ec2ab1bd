cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
lab:owner: Alice
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
doc: {$include: parts/nowhere.txt}
inputs: []
outputs: []

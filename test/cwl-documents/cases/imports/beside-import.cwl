cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
doc: {$include: parts/about.txt, more: text}
inputs: []
outputs: []

cwlVersion: v1.1
class: CommandLineTool
baseCommand: echo
intent: ["http://example.org/x"]
inputs: []
outputs: []

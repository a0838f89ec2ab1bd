cwlVersion: v1.2
class: CommandLineTool
hints:
  - class: http://example.org/Accelerator
    kind: gpu
baseCommand: root
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs: []
outputs:
  log:
    type: stdout
    outputBinding: {glob: log.txt} # fault: cwl/stream-binding

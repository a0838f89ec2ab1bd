cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  - {id: events, type: File}
  - {id: events, type: string} # fault: cwl/duplicate-id
outputs: []
# cwltool accepts this: it keeps one of the two without a word

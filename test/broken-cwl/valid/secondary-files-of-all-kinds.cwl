cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: root
inputs:
  events:
    type: File
    secondaryFiles:
      - .idx
      - ^.json?
      - {pattern: .meta, required: false}
      - $(self.basename).md5
outputs: []

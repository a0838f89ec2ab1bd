cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  point:
    type:
      type: record
      name: point
outputs: []
# cwltool refuses this: it fails with a KeyError; the specification lets `fields` be left out

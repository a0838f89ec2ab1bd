cwlVersion: v1.0
class: CommandLineTool
baseCommand: cat
inputs:
  events: stdin # fault: cwl/wrong-type
outputs: []
# cwltool accepts this: it turns v1.0 documents into v1.2 ones, which have the type

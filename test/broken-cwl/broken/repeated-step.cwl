cwlVersion: v1.1
class: Workflow
inputs: {events: File}
outputs: []
steps:
  - id: fill
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: events}
    out: [hist]
  - id: fill # fault: cwl/duplicate-id
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: events}
    out: [hist]
# cwltool accepts this: it keeps both without a word, and the names of their outputs are one

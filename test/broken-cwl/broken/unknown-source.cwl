cwlVersion: v1.2
class: Workflow
inputs:
  events: File
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: event} # fault: cwl/unknown-source
    out: [hist]

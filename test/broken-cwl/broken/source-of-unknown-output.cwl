cwlVersion: v1.2
class: Workflow
inputs:
  events: File
outputs:
  plot:
    type: File
    outputSource: fill/histogram # fault: cwl/unknown-source
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: events}
    out: [hist]

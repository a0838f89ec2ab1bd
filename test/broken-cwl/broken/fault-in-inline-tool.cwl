cwlVersion: v1.2
class: Workflow
inputs: {events: File}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: Fil} # fault: cwl/unknown-type
      outputs: []
    in: {events: events}
    out: []

cwlVersion: v1.2
class: Workflow
inputs: {events: File}
outputs: []
steps:
  fill:
    run: no-such-tool.cwl # fault: cwl/missing-file
    in: {events: events}
    out: [hist]

cwlVersion: v1.2
class: Workflow
inputs:
  events: File
outputs: []
steps:
  fill: # fault: cwl/missing-field
    in: {events: events}
    out: [hist]

cwlVersion: v1.2
class: Workflow
inputs: {events: File}
outputs: []
steps:
  inner:
    run: # fault: cwl/missing-requirement
      class: Workflow
      inputs: {events: File}
      outputs: []
      steps: []
    in: {events: events}
    out: []

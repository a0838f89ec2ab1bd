cwlVersion: v1.0
class: Workflow
inputs: {events: File, go: boolean}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    when: $(inputs.go) # fault: cwl/field-version
    in: {events: events, go: go}
    out: [hist]

cwlVersion: v1.2
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
    when: $(inputs.goo) # fault: cwl/unknown-input
    in: {events: events, go: go}
    out: [hist]
# cwltool accepts this: it evaluates expressions only when it runs

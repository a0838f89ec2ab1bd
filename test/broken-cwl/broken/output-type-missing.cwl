cwlVersion: v1.2
class: Workflow
inputs: {events: File}
outputs:
  plot: # fault: cwl/missing-field
    outputSource: fill/hist
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: events}
    out: [hist]

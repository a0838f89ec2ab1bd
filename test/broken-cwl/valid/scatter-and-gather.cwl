cwlVersion: v1.2
class: Workflow
requirements:
  ScatterFeatureRequirement: {}
inputs: {events: "File[]"}
outputs:
  plots: {type: "File[]", outputSource: fill/hist}
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    scatter: events
    in: {events: events}
    out: [hist]

cwlVersion: v1.2
class: Workflow
requirements:
  ScatterFeatureRequirement: {}
inputs: {events: "File[]", bins: "int[]"}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File, bins: int}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    scatter: [events, bins]
    scatterMethod: dot_product # fault: cwl/wrong-type
    in: {events: events, bins: bins}
    out: [hist]

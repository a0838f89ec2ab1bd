cwlVersion: v1.2
class: Workflow
requirements:
  ScatterFeatureRequirement: {}
inputs: {events: "File[]", bins: "int[]"}
outputs:
  plots: {type: "File[]", outputSource: fill/hist} # fault: cwl/type-mismatch
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File, bins: int}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    scatter: [events, bins]
    scatterMethod: nested_crossproduct
    in: {events: events, bins: bins}
    out: [hist]

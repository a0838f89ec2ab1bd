cwlVersion: v1.2
class: Workflow
requirements:
  ScatterFeatureRequirement: {}
inputs: {events: "File[]", bins: "int[]"}
outputs:
  plots: {type: {type: array, items: {type: array, items: File}}, outputSource: fill/hist}
  flat: {type: "File[]", outputSource: again/hist}
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
  again:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File, bins: int}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    scatter: [events, bins]
    scatterMethod: flat_crossproduct
    in: {events: events, bins: bins}
    out: [{id: hist}]

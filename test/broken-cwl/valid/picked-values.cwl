cwlVersion: v1.2
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
inputs: {events: File, go: boolean}
outputs:
  plot: {type: File, outputSource: [fill/hist, events], pickValue: first_non_null}
  plots: {type: "File[]", outputSource: [fill/hist, events], pickValue: all_non_null}
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    when: $(inputs.go)
    in: {events: events, go: go}
    out: [hist]

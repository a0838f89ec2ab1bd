cwlVersion: v1.0
class: Workflow
inputs:
  - {id: "#events", type: File}
outputs:
  - {id: "#plot", type: File, outputSource: "#fill/hist"}
steps:
  - id: "#fill"
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: [{id: events, type: File}]
      outputs: [{id: hist, type: File, outputBinding: {glob: hist.root}}]
    in: [{id: "#fill/events", source: "#events"}]
    out: ["#fill/hist"]

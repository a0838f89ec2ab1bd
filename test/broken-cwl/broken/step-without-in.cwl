cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  fill: # fault: cwl/missing-field
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: []
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    out: [hist]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  fill: # fault: workflow/cycle
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: fill/hist}
    out: [hist]

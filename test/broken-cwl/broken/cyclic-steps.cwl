cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  first: # fault: workflow/cycle
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: second/hist}
    out: [hist]
  second:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {events: File}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in: {events: first/hist}
    out: [hist]

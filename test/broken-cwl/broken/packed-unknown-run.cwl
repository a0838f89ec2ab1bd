cwlVersion: v1.2
$graph:
  - class: CommandLineTool
    id: fit
    baseCommand: root
    inputs: []
    outputs: []
  - class: Workflow
    id: main
    inputs: []
    outputs: []
    steps:
      fit:
        run: "#fitt" # fault: cwl/unknown-process
        in: []
        out: []

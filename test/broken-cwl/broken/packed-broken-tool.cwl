cwlVersion: v1.2
$graph:
  - class: CommandLineTool
    id: fit
    baseCommand: root
    inputs:
      mass: flaot # fault: cwl/unknown-type
    outputs: []
  - class: Workflow
    id: main
    inputs: {mass: float}
    outputs: []
    steps:
      fit:
        run: "#fit"
        in: {mass: mass}
        out: []

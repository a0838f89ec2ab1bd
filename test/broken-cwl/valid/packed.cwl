cwlVersion: v1.2
$graph:
  - class: CommandLineTool
    id: fit
    baseCommand: root
    inputs: {mass: float}
    outputs: {result: {type: File, outputBinding: {glob: fit.root}}}
  - class: Workflow
    id: main
    inputs: {mass: float}
    outputs: {result: {type: File, outputSource: fit/result}}
    steps:
      fit: {run: "#fit", in: {mass: mass}, out: [result]}

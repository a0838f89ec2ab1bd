cwlVersion: v1.2
$graph:
  - {id: say, class: CommandLineTool, baseCommand: echo, inputs: [], outputs: []}
  - id: main
    class: Workflow
    inputs: []
    outputs: []
    steps:
      one: {run: "#sya", in: {}, out: []}

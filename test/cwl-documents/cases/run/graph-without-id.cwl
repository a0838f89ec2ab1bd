cwlVersion: v1.2
$graph:
  - {class: CommandLineTool, baseCommand: echo, inputs: [], outputs: []}
  - {id: main, class: CommandLineTool, baseCommand: echo, inputs: [], outputs: []}

cwlVersion: v1.2
$graph:
  - {id: left, class: CommandLineTool, baseCommand: echo, inputs: [], outputs: []}
  - {id: right, class: CommandLineTool, baseCommand: cat, inputs: [], outputs: []}

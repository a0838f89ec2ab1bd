cwlVersion: v1.2
$graph:
  - {id: main, class: CommandLineTool, baseCommand: echo, inputs: [], outputs: []}
  - {id: "#main", class: CommandLineTool, baseCommand: cat, inputs: [], outputs: []}

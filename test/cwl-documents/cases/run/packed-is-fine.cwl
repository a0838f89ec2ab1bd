cwlVersion: v1.2
$graph:
  - id: "#say"
    class: CommandLineTool
    baseCommand: echo
    inputs: [{id: "#say/message", type: string}]
    outputs: [{id: "#say/said", type: stdout}]
  - id: "#main"
    class: Workflow
    inputs: [{id: "#main/text", type: string}]
    outputs: [{id: "#main/result", type: File, outputSource: "#main/one/said"}]
    steps:
      - id: "#main/one"
        run: "#say"
        in: [{id: "#main/one/message", source: "#main/text"}]
        out: [{id: "#main/one/said"}]

cwlVersion: v1.2
class: Workflow
requirements:
  InlineJavascriptRequirement: {}
inputs: {a: int}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: echo
      inputs: {a: int}
      arguments: ["$(inputs.a + 1)"]
      outputs: []
    in: {a: a}
    out: []

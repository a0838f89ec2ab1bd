cwlVersion: v1.2
class: Workflow
requirements: {StepInputExpressionRequirement: {}}
inputs: {a: int}
outputs: []
steps:
  say:
    run:
      class: CommandLineTool
      baseCommand: echo
      inputs: {n: int}
      outputs: []
      arguments: [$(inputs.n + 1)]
    in: {n: a}
    out: []

cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement:
    expressionLib:
      - |
        function twice(x) { return 2 * x; }
        var input = twice;
baseCommand: echo
inputs: {a: int}
arguments: [$(twice(inputs.a)), $(input(3))]
outputs: []

cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: echo
inputs:
  mass: int
arguments:
  - valueFrom: |
      ${
        var doubled = 2 * inputs.mass;
        if (doubled > 100 { // fault: cwl/bad-expression
          doubled = 100;
        }
        return doubled;
      }
outputs: []
# cwltool accepts this: its check of JavaScript only warns; it fails when it runs

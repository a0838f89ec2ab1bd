cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement: {}
baseCommand: echo
inputs:
  name: string
arguments:
  - '$(inputs.name.replace(/[)}]/g, ")"))'
  - |
    ${
      /* a } in a comment */
      var closing = "}" + '}';
      return { a: [closing, "${x}"] }.a[0];
    }
outputs: []

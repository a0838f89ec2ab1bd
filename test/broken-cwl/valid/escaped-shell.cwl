cwlVersion: v1.2
class: CommandLineTool
requirements:
  ShellCommandRequirement: {}
baseCommand: []
inputs:
  name: string
arguments:
  - {shellQuote: false, valueFrom: "echo \\$(date) \\${HOME} $(inputs.name) costs 5$ 100%"}
outputs: []

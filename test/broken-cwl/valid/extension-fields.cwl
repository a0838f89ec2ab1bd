cwlVersion: v1.2
$namespaces:
  s: https://schema.org/
class: CommandLineTool
s:author: Ada
baseCommand: root
inputs:
  events: {type: File, s:license: CC0}
hints:
  s:Hint: {level: 3}
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: {$import: parts/command.yml}
requirements:
  - {$import: parts/types.yml}
  - class: InlineJavascriptRequirement
    expressionLib: [{$include: parts/two.txt}]
inputs:
  colour: "parts/types.yml#Colour"
outputs: []
arguments: [$(two())]
doc: {$include: parts/about.txt}

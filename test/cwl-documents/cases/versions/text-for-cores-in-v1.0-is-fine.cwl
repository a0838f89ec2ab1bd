cwlVersion: v1.0
class: CommandLineTool
baseCommand: echo
requirements: {ResourceRequirement: {coresMin: "4"}}
inputs: []
outputs: []

cwlVersion: v1.1
class: CommandLineTool
baseCommand: echo
requirements: {ResourceRequirement: {coresMin: 0.5}}
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: [{$import: parts/docker.yml}]
inputs: []
outputs: []

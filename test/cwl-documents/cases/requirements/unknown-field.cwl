cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: {DockerRequirement: {dockerPul: "debian:12"}}
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: {DockerRequirment: {dockerPull: "debian:12"}}
inputs: []
outputs: []

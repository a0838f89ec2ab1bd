cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
hints: {DockerRequirment: {dockerPull: "debian:12"}}
inputs: []
outputs: []

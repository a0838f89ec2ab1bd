cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirment: # fault: cwl/unknown-requirement
    dockerPull: rootproject/root:6.32.02-ubuntu24.04
baseCommand: root
inputs: []
outputs: []

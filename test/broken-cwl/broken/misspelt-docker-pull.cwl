cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement:
    dockerImage: rootproject/root:6.32.02-ubuntu24.04 # fault: cwl/unknown-field
baseCommand: root
inputs: []
outputs: []

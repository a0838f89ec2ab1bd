cwlVersion: v1.2
class: CommandLineTool
requirements:
  InitialWorkDirRequirement:
    listing:
      - entryname: setup.sh # fault: cwl/missing-field
baseCommand: [bash, setup.sh]
inputs: []
outputs: []

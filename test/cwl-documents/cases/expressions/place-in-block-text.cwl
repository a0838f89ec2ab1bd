cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
  InlineJavascriptRequirement: {}
  InitialWorkDirRequirement:
    listing:
      - entryname: run.sh
        entry: |
          echo $(inputs.name)
          echo $(inputs.name..size)
inputs: {name: string}
outputs: []

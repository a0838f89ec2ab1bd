cwlVersion: v1.2
class: CommandLineTool
requirements:
  InitialWorkDirRequirement:
    listing:
      - {entryname: fit.sh, entry: "root -b $(inputs.events.path)\n", writable: true}
      - $(inputs.events)
      - {class: Directory, basename: empty, listing: []}
baseCommand: [bash, fit.sh]
inputs: {events: File}
outputs: []

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: {InitialWorkDirRequirement: {listing: [{entryname: a.txt}]}}
inputs: []
outputs: []

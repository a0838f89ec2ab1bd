cwlVersion: v1.2
class: CommandLineTool
requirements:
  ResourceRequirement: {coresMin: 0.5, ramMin: $(inputs.megabytes), tmpdirMax: 1000}
  ToolTimeLimit: {timelimit: 3600}
  NetworkAccess: {networkAccess: true}
  WorkReuse: {enableReuse: false}
baseCommand: root
inputs: {megabytes: int}
outputs: []

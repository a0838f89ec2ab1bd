cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements:
  - {class: InlineJavascriptRequirement, expressionLib: ["function two() { return 2; }"]}
  - class: InitialWorkDirRequirement
    listing:
      - {entryname: a.txt, entry: $(inputs.n), writable: true}
      - $(inputs.f)
      - {class: File, location: b.txt}
  - {class: EnvVarRequirement, envDef: [{envName: A, envValue: b}]}
  - {class: ResourceRequirement, coresMin: $(two()), ramMin: 100.5}
  - {class: ToolTimeLimit, timelimit: 60}
  - {class: NetworkAccess, networkAccess: true}
  - {class: WorkReuse, enableReuse: "$(inputs.n == 'x')"}
hints:
  SoftwareRequirement: {packages: {root: ["https://root.cern"], python: {version: ["3.11"]}}}
  OurOwnHint: {anything: 1}
  DockerRequirement: {dockerPull: "debian:12"}
inputs:
  n: string
  f: File
outputs: []

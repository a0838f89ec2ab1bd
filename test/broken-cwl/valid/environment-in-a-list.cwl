cwlVersion: v1.0
class: CommandLineTool
requirements:
  - class: EnvVarRequirement
    envDef:
      - {envName: OMP_NUM_THREADS, envValue: "4"}
hints:
  - class: SoftwareRequirement
    packages: {root: {version: ["6.32"]}}
baseCommand: root
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
requirements:
  EnvVarRequirement:
    envDef:
      OMP_NUM_THREADS: 4 # fault: cwl/wrong-type
baseCommand: root
inputs: []
outputs: []

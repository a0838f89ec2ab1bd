cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
requirements: {EnvVarRequirement: {envDef: {OMP_NUM_THREADS: 4}}}
inputs: []
outputs: []

cwlVersion: v1.2
class: CommandLineTool
hints:
  reana: {compute_backend: kubernete, kubernetes_memory_limit: 1 GB, voms_proxy: 1}
  DockerRequirement: {dockerPull: python}
baseCommand: [sudo , python]
inputs:
  events: {type: int, inputBinding: {position: 1}}
  seed: {type: int, inputBinding: {position: 2}}
  code: {type: File, inputBinding: {position: 0}}
  label: string?
outputs: []

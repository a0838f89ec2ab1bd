cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  only: {run: parts/cat.cwl, in: {file: only/file}, out: [file]}

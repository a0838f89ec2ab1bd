cwlVersion: v1.2
class: Workflow
inputs: {message: string}
outputs: []
steps:
  old: {run: parts/old.cwl, in: {message: message}, out: []}

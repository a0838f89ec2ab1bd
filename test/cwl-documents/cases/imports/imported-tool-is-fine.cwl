cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  one: {run: {$import: parts/base.yml}, in: {}, out: []}

cwlVersion: v1.2
class: Workflow
requirements: {InlineJavascriptRequirement: {}}
inputs: {a: int}
outputs: []
steps:
  say:
    run: parts/add.cwl
    in: {n: a}
    out: []

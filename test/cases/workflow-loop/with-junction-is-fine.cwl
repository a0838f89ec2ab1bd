# case: target=embedded
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: sub/outDS}
steps:
  sub:
    run: parts/good.cwl
    in: []
    out: [outDS]
    hints: [loop]

cwlVersion: v1.0
class: Workflow
inputs: {data: string}
outputs:
  o: {type: string, outputSource: s/outDS}
steps:
  s:
    run: prun
    in: null
    out: [outDS]
  takes-nothing:
    run: prun
    in: {}
    out: [outDS]

# case: target=embedded
cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs: []
outputs:
  outDS: {type: string, outputSource: again/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  again:
    run: parts/never-ends.cwl
    in:
      dataset: top/outDS
    out: [outDS]
    hints:
      - loop

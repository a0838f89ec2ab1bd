cwlVersion: v1.2
class: Workflow
requirements:
  SubworkflowFeatureRequirement: {}
inputs: []
outputs:
  outDS: {type: string, outputSource: sub/outDS}
steps:
  first:
    run: prun
    in:
      opt_useAthenaPackages: {default: true}
      opt_exec: {default: "athena jo.py"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  sub:
    run: parts/body.cwl
    in:
      dataset: first/outDS
    out: [outDS]

cwlVersion: v1.2
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
inputs: []
outputs:
  outDS: {type: string, outputSource: many/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs abc.dat,def.zip,hist*.root,SUF:x.txt"}
    out: [outDS]
  two:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs xyz.pool"}
    out: [outDS]
  many:
    run: prun
    in:
      opt_inDS: [top/outDS, two/outDS]
      opt_inDsType: {default: ["abc.dat", "xyz.pool"]}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

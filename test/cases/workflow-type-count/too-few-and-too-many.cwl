cwlVersion: v1.2
class: Workflow
requirements:
  MultipleInputFeatureRequirement: {}
inputs: []
outputs:
  outDS: {type: string, outputSource: few/outDS}
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
      opt_inDsType: {default: ["abc.dat"]}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  few:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_secondaryDSs: [two/outDS]
      opt_secondaryDsTypes: {default: ["xyz.pool", "abc.dat"]}
      opt_exec: {default: "echo %IN %IN2 > out.txt"}
      opt_args: {default: "--outputs out.txt --secondaryDSs IN2:1:%{SECDS1}"}
    out: [outDS]

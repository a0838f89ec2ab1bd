cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs abc.dat,def.zip,hist*.root,SUF:x.txt"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_inDsType: {default: "abc.dta"}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

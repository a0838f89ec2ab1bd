cwlVersion: v1.2
class: Workflow
inputs:
  data: {type: string, default: mc23.x}
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_inDS: data
      opt_inDsType: {default: "AOD"}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

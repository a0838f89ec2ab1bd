cwlVersion: v1.2
class: Workflow
owner: me
inputs:
  d: {type: string, defualt: x/}
outputs:
  o: {type: string, outputSorce: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_inDS: {sourse: d}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

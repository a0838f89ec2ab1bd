cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs a.txt,,SUF:b.txt,SUF:c.txt,x/y.txt,q:r:s,only:,h[1].root"}
    out: [outDS]

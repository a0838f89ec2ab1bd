cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > hist.root; echo 2 > log.txt"}
      opt_args: {default: "--outputs hits.root,log.txt"}
    out: [outDS]

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
      opt_args: {default: "--outputs h0.root,h1.root,h2.root,h3.root,h4.root,h5.root,h6.root,h7.root,h8.root,h9.root,h10.root"}
    out: [outDS]

# case: there=x
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "run bash; echo bash x.sh; cat bash; python; which python fit.py"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

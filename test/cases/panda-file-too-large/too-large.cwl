# case: there=x large=big.py
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "python big.py"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

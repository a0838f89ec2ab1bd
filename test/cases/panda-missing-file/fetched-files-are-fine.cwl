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
      opt_exec: {default: "wget https://x.org/a.sh; bash a.sh; git clone u; cd u; python b.py"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

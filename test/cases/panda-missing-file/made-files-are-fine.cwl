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
      opt_exec: {default: "echo ls > a.sh; bash a.sh; sort a > b.awk; awk -f b.awk a"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

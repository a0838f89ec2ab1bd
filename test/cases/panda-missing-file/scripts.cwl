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
      opt_exec: {default: "bash run.sh; python3 -u tools/fit.py --mass 3; ./go; source setup.sh; awk -f a.awk x; . ./env.sh; root -b -q plot.C"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

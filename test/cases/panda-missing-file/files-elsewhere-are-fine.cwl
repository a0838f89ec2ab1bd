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
      opt_exec: {default: "bash /opt/x.sh; python ../y.py; bash $HOME/z.sh; bash ~/a.sh; python $1.py"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

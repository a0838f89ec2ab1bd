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
      opt_exec: {default: "bash -c 'x.sh'; python -c 'import x.py'; python -m pkg.mod; sh -ec ls; awk '{print}' x; perl -e 'x.pl'"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

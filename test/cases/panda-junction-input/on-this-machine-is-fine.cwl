# case: target=embedded
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: decide/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  decide:
    run: junction
    in:
      opt_inDS: top/outDS
      opt_exec: {default: "python decide.py %{DS1}"}
    out: [outDS]

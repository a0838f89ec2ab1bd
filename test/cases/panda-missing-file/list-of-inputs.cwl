# case: there=x
cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_inDS: {default: "user.alice.in"}
      opt_exec: {default: "echo %IN > o.txt"}
      opt_args: {default: "--outputs o.txt --inputFileList no-list.txt"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out1.txt; echo 2 > abc"}
      opt_args: {default: "--outputs out*.txt,regex|a.*"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: {default: "user.alice.blah_001_top_out.txt/"}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

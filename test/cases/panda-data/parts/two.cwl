cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  first: {type: string, outputSource: a/outDS}
  second: {type: string, outputSource: b/outDS}
steps:
  a:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  b:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

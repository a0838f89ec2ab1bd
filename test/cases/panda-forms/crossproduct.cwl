cwlVersion: v1.2
class: Workflow
inputs:
  list: {type: "string[]", default: [a/, b/]}
outputs: []
steps:
  one:
    run: prun
    in:
      opt_inDS: list
      opt_inDsType: list
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    scatter: [opt_inDS, opt_inDsType]
    scatterMethod: flat_crossproduct

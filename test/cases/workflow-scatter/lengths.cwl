cwlVersion: v1.2
class: Workflow
inputs:
  three: {type: "string[]", default: [a/, b/, c/]}
  two: {type: "string[]", default: [x, y]}
  word: {type: string, default: abc}
  none: {type: "string[]", default: []}
outputs: []
steps:
  a:
    run: prun
    in:
      opt_inDS: three
      opt_inDsType: two
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    scatter: [opt_inDS, opt_inDsType]
  b:
    run: prun
    in:
      opt_inDS: word
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    scatter: [opt_inDS]
  c:
    run: prun
    in:
      opt_inDS: none
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    scatter: [opt_inDS]
  d:
    run: prun
    in:
      opt_inDS: three
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    scatter: [opt_inDs]

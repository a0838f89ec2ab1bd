cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  a:
    run: prun
    in:
      opt_inDS: c/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  b:
    run: prun
    in:
      opt_inDS: a/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  c:
    run: prun
    in:
      opt_inDS: b/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  d:
    run: prun
    in:
      opt_inDS: c/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  self:
    run: prun
    in:
      opt_inDS: self/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

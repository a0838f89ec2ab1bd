cwlVersion: v1.2
class: Workflow
inputs:
  list: {type: "string[]", default: [a/, b/]}
outputs: []
steps:
  all:
    run: prun
    in:
      opt_inDS: list
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  mixed:
    run: prun
    in:
      opt_inDS: [all/outDS, list]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  parts:
    run: prun
    in:
      opt_inDS: list
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    scatter: [opt_inDS]
  sum:
    run: prun
    in:
      opt_inDS: parts/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  suffixed:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs SUF:out.txt"}
    out: [outDS]
  after:
    run: prun
    in:
      opt_inDS: suffixed/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  second:
    run: prun
    in:
      opt_secondaryDSs: all/outDS
      opt_exec: {default: "echo %IN2 %IN3 > out.txt"}
      opt_args: {default: "--outputs o --secondaryDSs IN2:1:%{SECDS1},IN3:1:%{SECDS*}"}
    out: [outDS]
  letters:
    run: prun
    in:
      opt_inDS: [all/outDS]
      opt_inDsType: {default: out.txt}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs %{DS1}"}
    out: [outDS]

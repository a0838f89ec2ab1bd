cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  two:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: [top/outDS, two/outDS]
      opt_secondaryDSs: [two/outDS]
      opt_exec: {default: "echo %{DS1} %{DS2} %{DS*} %IN2"}
      opt_args: {default: "--outputs o --secondaryDSs IN2:1:%{SECDS1}"}
    out: [outDS]

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
  b0:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDS[0])
  b1:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDS[0]&&self.opt_inDS[1])
  b2:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: "$( ! self.opt_inDS[0] || self.opt_inDS[1] )"
  b3:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: self.opt_inDS[1]
  b4:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $((self.opt_inDS[0]))

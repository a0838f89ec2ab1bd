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
    when: $(self.opt_inDS[0] self.opt_inDS[1])
  b1:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $((self.opt_inDS[0])
  b2:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: "$(inputs.opt_inDS[0])"
  b3:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDs[0])
  b4:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDS)
  b5:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDS[2])
  b6:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_exec)
  b7:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: $(self.opt_inDS[0] &&)
  b8:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: "$(!!self.opt_inDS[0])"
  b9:
    run: prun
    in:
      opt_inDS: [top/outDS, top/outDS]
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
    when: "${return true;}"

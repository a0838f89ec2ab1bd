cwlVersion: v1.0
class: Workflow
inputs: []
outputs: []
steps:
  one-slip:
    run: prun
    in:
      opt_exce: {default: "echo %RNDM:1"}
      opt_args: {default: "--outputs a.txt --nJobs 2"}
    out: [outDS]
  far-off:
    run: junction
    in:
      opt_inDS: one-slip/outDS
      execut: {default: "echo %IN"}
    out: [outDS]
  two-of-them:
    run: prun
    in:
      opt_exc: {default: "echo a"}
      opt_exe: {default: "echo b"}
      opt_arg: {default: "--outputs a.txt"}
    out: [outDS]
  the-real-one-is-there:
    run: prun
    in:
      opt_exec: {default: "echo a"}
      opt_exc: {default: "echo b"}
      opt_args: {default: "--outputs a.txt"}
    out: [outDS]

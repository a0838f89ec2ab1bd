# case: rehearsal
cwlVersion: v1.2
class: Workflow
inputs:
  data: string
outputs:
  outDS: {type: string, outputSource: a/outDS}
steps:
  a:
    run: prun
    in:
      opt_inDS: data
      opt_exec: {default: "echo %IN %IN2 > out.txt"}
      opt_args: {default: "--outputs out.txt --nFilesPerJob two"}
    out: [outDS]

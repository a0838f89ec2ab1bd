# case: rehearsal
cwlVersion: v1.2
class: Workflow
inputs:
  split: string
  data: string
  many: string[]
  payload: string
outputs:
  outDS: {type: string, outputSource: b/outDS}
steps:
  a:
    run: prun
    in:
      opt_args: split
      opt_inDS: data
      opt_exec: payload
    out: [outDS]
  b:
    run: prun
    in:
      opt_inDS: many
      opt_inDsType: {default: ["AOD"]}
      opt_exec: {default: "echo %{DS1} %{DS4} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

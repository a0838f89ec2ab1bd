cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  decide:
    run: junction
    in: {opt_inDS: inner/outDS, opt_exec: {default: "decide %{DS1}"}}
    out: []

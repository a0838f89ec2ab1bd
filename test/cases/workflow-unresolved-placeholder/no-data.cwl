cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  bottom:
    run: prun
    in:
      opt_exec: {default: "echo %{DS*}"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

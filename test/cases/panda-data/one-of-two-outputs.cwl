cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  both:
    run: parts/two.cwl
    in: []
    out: [first, second]
  bottom:
    run: prun
    in:
      opt_inDS: both/first
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

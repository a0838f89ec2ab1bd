cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  a: &step
    run: prun
    in:
      opt_exec: {default: *nowhere}
      opt_args: {default: "--outputs o"}
    out: [outDS]
  b: *step
  c:
    <<: *step
    in: &in {opt_exec: {default: e}, x: *in}
  d: {<<: 5, ? [k] : v, run: !cow prun, in: [], out: []}

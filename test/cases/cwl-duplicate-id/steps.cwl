cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  - id: top
    run: prun
    in:
      - {id: opt_exec, default: e}
      - {id: opt_args, default: "--outputs a"}
      - {id: opt_exec, default: f}
    out: [outDS]
  - id: top
    run: prun
    in:
      - {id: opt_exec, default: e}
      - {id: opt_args, default: "--outputs a"}
      - {id: opt_exec, default: f}
    out: [outDS]

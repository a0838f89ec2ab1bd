cwlVersion: v1.2
class: Workflow
inputs:
  list: {type: "string[]", default: [a/, b/]}
outputs:
  both: {type: string, outputSource: [one/outDS, two/outDS]}
steps:
  one:
    run: prun
    in:
      opt_inDS: list
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [{id: outDS}]
    scatter: opt_inDS
  two:
    run: prun
    in:
      opt_inDS: {source: one/outDS, valueFrom: $(self)}
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  again:
    run: parts/loop.cwl
    in: []
    out: [outDS]
    hints: {loop: {}}

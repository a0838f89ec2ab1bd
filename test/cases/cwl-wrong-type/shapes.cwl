cwlVersion: v1.2
class: Workflow
inputs: 3
outputs: {o: string}
steps:
  1:
    run: prun
    in: []
    out: []
  a:
    run: 5
    in: {opt_inDS: 7}
    out: outDS
    scatter: {a: b}
    when: 1
    hints: loop
  b: prun

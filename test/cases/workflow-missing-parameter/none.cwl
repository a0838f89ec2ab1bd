cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  a: {run: prun, in: [], out: []}
  b: {run: junction, in: [], out: []}
  c: {run: reana, in: {opt_exec: {default: [1]}}, out: []}
  d: {run: phpo, in: [], out: []}
  e: {run: gitlab, in: {opt_inDS: {default: 5}}, out: []}
  f: {run: prun, in: {opt_exec: , opt_args: {}}, out: []}

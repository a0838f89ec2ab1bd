cwlVersion: v1.2
class: Workflow
inputs:
  n: Any
  x: Any
  b: Any
  o: Any
  any: Any
  f: Any
  l: Any
outputs:
  outDS: {type: string, outputSource: inner/outDS}
steps:
  inner:
    run: prun
    in:
      opt_exec: {default: "run %{n} %{x} %{b} %{o} %{any} %{f} %{l}"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

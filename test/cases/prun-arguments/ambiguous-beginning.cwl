cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt --nFiles 3 --nEventsPer 4"}
    out: [outDS]

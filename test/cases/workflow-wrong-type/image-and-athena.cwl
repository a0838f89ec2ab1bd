cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_containerImage: {default: 3.9}
      opt_useAthenaPackages: {default: "false"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

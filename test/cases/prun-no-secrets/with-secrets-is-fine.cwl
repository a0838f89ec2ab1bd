cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: r/outDS}
steps:
  ana:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  r:
    run: reana
    in:
      opt_inDS: ana/outDS
      opt_exec: {default: "pchain reana run -f reana.yaml --set x=%{DS1}"}
      opt_args: {default: "--outputs out.txt --useSecrets"}
    out: [outDS]

# case: secrets=GOOD
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: r/outDS}
steps:
  r:
    run: reana
    in:
      opt_exec: {default: "pchain reana run --secret GOOD --secret $NAME"}
      opt_args: {default: "--outputs out.txt --useSecrets"}
    out: [outDS]

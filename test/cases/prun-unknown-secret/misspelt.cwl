# case: secrets=REANA_ACCESS_TOKEN,GOOD
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: r/outDS}
steps:
  r:
    run: reana
    in:
      opt_exec: {default: "pchain reana run --secret REANA_ACCESS_TOKE --secret=VOMS --secret GOOD"}
      opt_args: {default: "--outputs out.txt --useSecrets"}
    out: [outDS]

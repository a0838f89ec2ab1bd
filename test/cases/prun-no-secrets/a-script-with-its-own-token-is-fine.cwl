# case: there=submit.sh,run.sh text=submit.sh:#!/bin/bash\nexport REANA_ACCESS_TOKEN=$(cat t)\nreana-client ping
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
      opt_exec: {default: "bash submit.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

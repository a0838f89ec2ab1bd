# case: there=submit.py,run.sh text=submit.py:import os\nos.environ["REANA_ACCESS_TOKEN"]
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
      opt_exec: {default: "python submit.py %{DS1}"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

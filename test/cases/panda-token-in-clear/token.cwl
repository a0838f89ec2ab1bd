cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: g/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  g:
    run: gitlab
    in:
      opt_inDS: top/outDS
      opt_site: {default: "CERN"}
      opt_ref: {default: "master"}
      opt_api: {default: "https://gitlab.cern.ch/api/v4/projects"}
      opt_projectID: {default: 165337}
      opt_triggerToken: {default: "glptt-0123456789abcdef0123456789"}
      opt_accessToken: {default: "MY_A_TOKEN"}
    out: [outDS]

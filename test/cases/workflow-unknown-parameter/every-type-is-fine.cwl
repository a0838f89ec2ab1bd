# case: target=embedded
cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  a:
    run: prun
    in:
      opt_useAthenaPackages: {default: true}
      opt_containerImage: {default: docker://busybox}
      opt_exec: {default: "echo 1 > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  b:
    run: reana
    in:
      opt_inDS: a/outDS
      opt_exec: {default: "echo %{DS1} > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  c:
    run: junction
    in:
      opt_inDS: a/outDS
      opt_exec: {default: "echo %IN > out.txt"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  d:
    run: phpo
    in:
      opt_trainingDS: a/outDS
      opt_args: {default: "--loadJson conf.json"}
    out: [outDS]
  e:
    run: gitlab
    in:
      opt_inDS: [a/outDS]
      opt_site: {default: CERN}
      opt_ref: {default: master}
      opt_api: {default: "https://gitlab.cern.ch/api/v4/projects"}
      opt_projectID: {default: 165337}
      opt_triggerToken: {default: MY_TOKEN}
      opt_accessToken: {default: MY_OTHER}
    out: [outDS]

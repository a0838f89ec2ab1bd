cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: s8/outDS}
steps:
  s0:
    run: prun
    in:
      opt_containerImage: {default: "docker://busybox"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s1:
    run: prun
    in:
      opt_containerImage: {default: "docker://gitlab-registry.cern.ch/atlas/base"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s2:
    run: prun
    in:
      opt_containerImage: {default: "docker://localhost:5000/a/b_c:1.0-RC_2"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s3:
    run: prun
    in:
      opt_containerImage: {default: "docker://registry:443/x@sha256:0000000000000000000000000000000000000000000000000000000000000000"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s4:
    run: prun
    in:
      opt_containerImage: {default: "/cvmfs/unpacked.cern.ch/xy"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s5:
    run: prun
    in:
      opt_containerImage: {default: "oras://x/Y:1"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s6:
    run: prun
    in:
      opt_containerImage: {default: "busybox"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s7:
    run: prun
    in:
      opt_containerImage: {default: "busybox:latest"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]
  s8:
    run: prun
    in:
      opt_containerImage: {default: "atlas/Base.sif"}
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs out.txt"}
    out: [outDS]

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
      opt_args: {default: "--outputs out.txt --exec \"bash other.sh\" --outDS user.alice.x --containerImage docker://busybox --bexec make --vo atlas"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: hpo/outDS}
steps:
  hpo:
    run: phpo
    in:
      opt_args: {default: "--steeringExec \"run image /bin/bash -c 'opt %IN %OUT %NUM_POINTS %MAX_POINTS'\" --evaluationContainer docker://busybox --evaluationExec \"bash eval.sh\" --nPointsPerIteration 4 --minUnevaluatedPoints 4"}
    out: [outDS]

cwlVersion: v1.2
class: Workflow
inputs:
  bins: {type: int, default: ten} # fault: cwl/wrong-default
outputs: []
steps: []
# cwltool accepts this: it compares defaults with their types only when it runs

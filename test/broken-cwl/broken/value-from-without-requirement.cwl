cwlVersion: v1.2
class: Workflow
inputs: {a: int}
outputs: []
steps:
  fill:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {bins: int}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in:
      bins:
        source: a
        valueFrom: $(self) # fault: cwl/missing-requirement
    out: [hist]
# cwltool accepts this: it asks for the requirement only when it runs

cwlVersion: v1.2
class: Workflow
inputs: {a: File, b: File}
outputs: []
steps:
  merge:
    run:
      class: CommandLineTool
      baseCommand: root
      inputs: {parts: "File[]"}
      outputs: {hist: {type: File, outputBinding: {glob: hist.root}}}
    in:
      parts: # fault: cwl/missing-requirement
        source: [a, b]
    out: [hist]
# cwltool accepts this: it asks for the requirement only when it runs

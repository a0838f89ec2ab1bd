cwlVersion: v1.2
class: Workflow
inputs: {inp: File}
outputs:
  o: {type: File, outputSource: s/o}
steps:
  s:
    run: {class: CommandLineTool, baseCommand: cat, inputs: {f: File}, outputs: {o: stdout}, stdout: x}
    in: null
    out: [o]

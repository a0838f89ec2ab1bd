cwlVersion: v1.2
class: Workflow
inputs: {inp: File}
outputs:
  o: {type: File, outputSource: s/o}
steps:
  s:
    run: {class: CommandLineTool, baseCommand: cat, inputs: {f: File}, outputs: text, stdout: x}
    in: {f: inp}
    out: [o]

cwlVersion: v1.2
class: CommandLineTool
baseCommand: cat
inputs: text
arguments: [$(inputs.f.path)]
outputs: {o: stdout}
stdout: x

cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
arguments: ["--name=$(inputs.name)", "$(runtime.outdir)/$(inputs['in file'].basename)", \$(HOME)]
stdout: $(inputs.name).txt
inputs: {name: string, in file: File}
outputs: {said: stdout}

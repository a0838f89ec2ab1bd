cwlVersion: v1.1
class: CommandLineTool
baseCommand: [sh, -c, "cat; echo bad >&2"]
inputs: {events: stdin}
outputs: {out: stdout, err: stderr}
stdout: out.txt
stderr: err.txt

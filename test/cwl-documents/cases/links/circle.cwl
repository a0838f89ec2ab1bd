cwlVersion: v1.2
class: Workflow
inputs: []
outputs: []
steps:
  first: {run: parts/cat.cwl, in: {file: third/file}, out: [file]}
  second: {run: parts/cat.cwl, in: {file: first/file}, out: [file]}
  third: {run: parts/cat.cwl, in: {file: second/file}, out: [file]}

cwlVersion: v1.2
class: Workflow
inputs: {message: string}
outputs:
  said: {type: File, outputSource: first/said}
steps:
  first: {run: parts/echo.cwl, in: {message: message}, out: [said]}
  second: {run: parts/echo.cwl, in: {message: message}, out: [said]}

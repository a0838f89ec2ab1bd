cwlVersion: v1.2
class: Workflow
inputs: {message: string}
outputs: []
steps:
  first: {run: parts/echo.cwl, in: {message: message}, out: [said]}
  second: {run: parts/echo.cwl, in: {message: message, after: first/said}, out: []}

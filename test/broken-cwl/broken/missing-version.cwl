class: CommandLineTool # fault: cwl/missing-version
baseCommand: echo
inputs: []
outputs: []

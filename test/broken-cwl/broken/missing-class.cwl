cwlVersion: v1.2 # fault: cwl/missing-class
baseCommand: echo
inputs: []
outputs: []

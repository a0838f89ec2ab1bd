cwlVersion: v1.1
class: Operation
inputs: []
outputs: []

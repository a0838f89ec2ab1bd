cwlVersion: v1.2
class: Operation
intent: [http://edamontology.org/operation_0004]
inputs: {a: File}
outputs: {b: File}

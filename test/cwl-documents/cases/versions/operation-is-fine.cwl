cwlVersion: v1.2
class: Operation
inputs: {a: int}
outputs: {b: File}

cwlVersion: v1.2
class: Operation
baseCommand: root # fault: cwl/unknown-field
inputs: {a: int}
outputs: {b: int}

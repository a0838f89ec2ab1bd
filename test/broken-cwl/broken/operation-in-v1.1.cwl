cwlVersion: v1.1
class: Operation # fault: cwl/field-version
inputs: {a: int}
outputs: {b: int}

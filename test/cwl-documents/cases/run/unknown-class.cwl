cwlVersion: v1.2
class: Comandlinetool
inputs: []
outputs: []

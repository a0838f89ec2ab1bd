cwlVersion: v1.2
class: CommandLineTool
baseComand: [python3, fit.py] # fault: cwl/unknown-field
inputs: []
outputs: []

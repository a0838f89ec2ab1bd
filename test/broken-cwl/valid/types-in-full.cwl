cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
  grid:
    type:
      type: array
      items:
        type: array
        items: ["null", double]
      inputBinding: {prefix: --grid}
  point:
    type:
      type: record
      name: point
      fields:
        mass: float
        files: {type: "File[]?", secondaryFiles: .idx}
  mode:
    type: {type: enum, name: mode, symbols: [fast, slow]}
    default: fast
outputs: []

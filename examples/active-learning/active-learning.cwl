# Where does a search lose its power? Points are simulated, analysed and judged, and what was learned proposes the next ones,
# until the mass is known at which the upper limit crosses the theory.
cwlVersion: v1.2
class: Workflow

requirements:
  SubworkflowFeatureRequirement: {}

inputs: []

outputs:
  answer:
    type: string
    outputSource: picture/outDS

steps:
  # `hints: [loop]`: the body runs again and again, until its junction has enough.
  search:
    run: search.cwl
    in: {}
    out: [outDS]
    hints: [loop]

  # What the loop hands on is what its last iteration made.
  picture:
    run: prun
    in:
      opt_inDS: search/outDS
      opt_inDsType:
        default: history.csv
      opt_exec:
        default: "python3 picture.py %IN > points.svg; python3 answer.py %IN > answer.txt"
      opt_args:
        default: "--outputs points.svg,answer.txt"
    out: [outDS]

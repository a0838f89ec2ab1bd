cwlVersion: v1.2
class: Workflow
doc: |
  Finds the mass window in which a resonance stands out best: simulated events, a search over the window, and a table of all
  that was tried.

inputs: []

outputs:
  outDS:
    type: string
    outputSource: table/outDS

steps:
  simulate:
    run: prun
    in:
      opt_exec:
        default: "python3 simulate.py %RNDM:1 2000 > events.csv"
      opt_args:
        default: "--outputs events.csv --nJobs 2 --avoidVP"
    out: [outDS]

  window:
    run: phpo
    in:
      opt_trainingDS: simulate/outDS
      opt_args:
        default: "--loadJson search.json"
    out: [outDS]

  table:
    run: prun
    in:
      opt_inDS: window/outDS
      opt_inDsType: {default: metrics.tgz}
      opt_exec:
        default: "python3 table.py %IN > table.csv"
      opt_args:
        default: "--outputs table.csv --nFilesPerJob 1000 --avoidVP"
    out: [outDS]

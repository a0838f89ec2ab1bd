# One iteration: three masses are simulated and analysed, REANA sets the limits, and the junction decides what comes next.
cwlVersion: v1.2
class: Workflow

inputs:
  # What the junction changes: the masses of the next iteration in GeV, and everything that is known so far.
  param_masses:
    type: float[]
    default: [200, 350, 500]
  param_history:
    type: string
    default: "[]"

outputs:
  outDS:
    type: string
    outputSource: decide/outDS

steps:
  # One job for each mass; the random numbers depend on the mass alone.
  simulate:
    run: prun
    in:
      opt_exec:
        default: "python3 simulate.py '%{masses}' %RNDM:0 > events.txt"
      opt_args:
        default: "--outputs events.txt --nJobs 3"
    out: [outDS]

  analyse:
    run: prun
    in:
      opt_inDS: simulate/outDS
      opt_exec:
        default: "python3 analyse.py %IN > efficiency.json"
      opt_args:
        default: "--outputs efficiency.json --nFilesPerJob 1"
    out: [outDS]

  limits:
    run: reana
    in:
      opt_inDS: analyse/outDS
      opt_exec:
        default: "pchain reana run -f reana-template.yaml --name active-learning-%{i} --set VAR_INPUT=%{DS1} --secret PANDA_AUTH_ID_TOKEN --secret PANDA_URL_SSL --output output_from_reana.tar"
      opt_args:
        default: "--outputs output_from_reana.tar --useSecrets"
    out: [outDS]

  # `results.json` is among the outputs of every junction. Servers with panda-client 2.0.2 take no junction that reads data; earlier
  # ones and this machine do.
  decide:
    run: junction
    in:
      opt_inDS: limits/outDS # pchain: ignore panda/junction-input
      opt_exec:
        default: "tar xf %IN; python3 propose.py --iteration %{i} --history '%{history}' limits/limits.json"
      opt_args:
        default: "--outputs history.csv"
    out: [outDS]

# A published analysis, run again on a new signal: PanDA makes the events, REANA runs the preserved analysis on them.
cwlVersion: v1.2
class: Workflow

inputs:
  signal_split: string

outputs:
  limit:
    type: string
    outputSource: recast/outDS

steps:
  signal:
    run: prun
    in:
      opt_exec:
        default: "awk -v seed=%RNDM:101 -v events=2000 -f generate.awk > signal.txt"
      opt_args: signal_split
    out: [outDS]

  # The analysis is a Yadage workflow; it gets the name of the dataset and fetches the files itself.
  recast:
    run: reana
    in:
      opt_inDS: signal/outDS
      opt_exec:
        default: "pchain reana run -f reana.yaml --name recast --set VAR_SIGNAL=%{DS1} --secret PANDA_AUTH_ID_TOKEN --secret PANDA_URL_SSL --output output_from_reana.tar"
      opt_args:
        default: "--outputs output_from_reana.tar --useSecrets"
    out: [outDS]

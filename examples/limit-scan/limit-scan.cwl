# A search for a narrow resonance, as one chain: simulate signal and background, put them into histograms,
# plot them, and let REANA set the limits.
cwlVersion: v1.2
class: Workflow

requirements:
  MultipleInputFeatureRequirement: {}
  InlineJavascriptRequirement: {}

inputs:
  signal_split: string
  background_split: string

outputs:
  limits:
    type: string
    outputSource: limits/outDS
  plots:
    type: string
    outputSource: plot/outDS

steps:
  signal:
    run: prun
    in:
      opt_exec:
        default: "bash generate.sh signal %RNDM:101 > signal.txt"
      opt_args: signal_split
    out: [outDS]

  background:
    run: prun
    in:
      opt_exec:
        default: "bash generate.sh background %RNDM:201 > background.txt"
      opt_args: background_split
    out: [outDS]

  # The signal files are the primary input; all background files come with them as the stream IN2.
  histograms:
    run: prun
    in:
      opt_inDS: signal/outDS
      opt_secondaryDSs: [background/outDS]
      opt_secondaryDsTypes:
        default: [background.txt]
      opt_exec:
        default: "bash histograms.sh %IN %IN2 > histograms.txt"
      opt_args:
        default: "--outputs histograms.txt --nFilesPerJob 2 --secondaryDSs IN2:3:%{SECDS1}"
    out: [outDS]

  plot:
    run: prun
    in:
      opt_inDS: histograms/outDS
      opt_exec:
        default: "awk -f plot.awk %IN > mass.svg"
      opt_args:
        default: "--outputs mass.svg"
    out: [outDS]
    when: $(self.opt_inDS)

  # REANA reads the dataset by its name, so the step hands over the name and no files.
  limits:
    run: reana
    in:
      opt_inDS: histograms/outDS
      opt_exec:
        default: "pchain reana run -f reana-template.yaml --name limit-scan --set VAR_INPUT=%{DS1} --secret PANDA_AUTH_ID_TOKEN --secret PANDA_URL_SSL --output output_from_reana.tar"
      opt_args:
        default: "--outputs output_from_reana.tar --useSecrets"
    out: [outDS]

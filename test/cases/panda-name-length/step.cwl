cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: very_long_name_of_a_step_that_says_everything_about_what_it_does_and_then_some_more_of_it/outDS}
steps:
  very_long_name_of_a_step_that_says_everything_about_what_it_does_and_then_some_more_of_it:
    run: prun
    in:
      opt_exec: {default: "bash run.sh"}
      opt_args: {default: "--outputs histograms_of_everything.root"}
    out: [outDS]

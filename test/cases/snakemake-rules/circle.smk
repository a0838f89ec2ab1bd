rule all:
    input: "c"

rule a:
    params: opt_inDS="c", opt_exec="a %IN", opt_args="--outputs o"
    input: "c"
    output: "a"
    shell: "prun"

rule c:
    params: opt_inDS=rules.a.output[0], opt_exec="c %IN", opt_args="--outputs o"
    input: rules.a.output
    output: "c"
    shell: "prun"

rule all:
    input: "merge", "other"

rule one:
    params: opt_exec="one > o.txt", opt_args="--outputs o.txt"
    output: "one", "more"
    shell: "prun"

rule merge:
    params:
        opt_inDS=rules.one.output,
        opt_exec="cat %IN > m.txt",
        opt_args="--outputs m.txt"
    input: rules.one.output
    output: "merge"
    shell: "prun"

rule other:
    params:
        opt_inDS=rules.merge.output[0],
        opt_exec="cat %IN > p.txt",
        opt_args="--outputs p.txt"
    input: rules.one.output[0]
    output: "other"
    shell: "prun"

rule list:
    params:
        opt_inDS=[rules.merge.output[0], "user.alice.in/"],
        opt_exec="cat %IN > q.txt",
        opt_args="--outputs q.txt"
    input: rules.merge.output
    output: "list"
    shell: "prun"

rule all:
    input: "list"

rule merge:
    params: opt_exec="one > o.txt", opt_args="--outputs o.txt"
    output: "merge"
    shell: "prun"

rule list:
    params:
        opt_inDS=[rules.merge.output[0], "user.alice.in/"],
        opt_exec="cat %IN > q.txt",
        opt_args="--outputs q.txt"
    input: rules.merge.output
    output: "list"
    shell: "prun"

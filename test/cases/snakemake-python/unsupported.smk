rule all:
    input: "a", "b", "c"

include: "other.smk"

rule a:
    output: "{sample}.txt"
    run:
        print("anything at all {", [1,

rule b:
    params: opt_exec="b > b.txt", opt_args="--outputs b.txt"
    output: "b"
    script: "b.py"
    shell: "gitlab"

checkpoint c:
    params: opt_exec="c > c.txt", opt_args="--outputs c.txt"
    output: "c"
    shell: "prun"

configfle: "config.json"
something: 5

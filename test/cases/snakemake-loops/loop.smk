from pandaserver.workflow.snakeparser.utils import param_of, param_exp

rule all:
    input: "end"

rule start:
    params: opt_exec="s > s.txt", opt_args="--outputs s.txt"
    output: "start"
    shell: "prun"

rule scan:
    params: dataset=rules.start.output[0], unknown=5
    input: rules.start.output
    loop: True
    output: "scan"
    shell: "parts/body/Snakefile"

rule lost:
    params: dataset=rules.start.output[0]
    input: rules.start.output
    output: "lost"
    shell: "parts/lost/Snakefile"

rule self:
    output: "self"
    shell: "loop.smk"

rule end:
    params:
        opt_inDS=[rules.scan.output[0], rules.lost.output[0], rules.self.output[0]],
        opt_exec="cat %IN > e.txt",
        opt_args="--outputs e.txt"
    input: rules.scan.output, rules.lost.output, rules.self.output
    output: "end"
    shell: "prun"

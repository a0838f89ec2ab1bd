from pandaserver.workflow.snakeparser.utils import param_of, param_exp

rule all:
    input: "c0", "c1", "c2"

rule top:
    params: opt_exec="t > t.txt", opt_args="--outputs t.txt"
    output: "top"
    shell: "prun"

rule side:
    params: opt_exec="s > s.txt", opt_args="--outputs s.txt"
    output: "side"
    shell: "prun"

rule c0:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c0.txt",
        opt_args=param_exp("--outputs c0.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c0"
    when: str(param_of("opt_inDS"))
    shell: "prun"

rule c1:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c1.txt",
        opt_args=param_exp("--outputs c1.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c1"
    when: f"{param_of('opt_inDS')} && {param_of('opt_secondaryDSs')}"
    shell: "prun"

rule c2:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c2.txt",
        opt_args=param_exp("--outputs c2.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c2"
    when: f"{param_of('opt_inDS')}||{param_of('opt_secondaryDSs')}"
    shell: "prun"


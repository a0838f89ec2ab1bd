from pandaserver.workflow.snakeparser.utils import param_of, param_exp

rule all:
    input: "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"

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
    when: "param.opt_inDS and param.opt_secondaryDSs"
    shell: "prun"

rule c1:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c1.txt",
        opt_args=param_exp("--outputs c1.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c1"
    when: "opt_inDS"
    shell: "prun"

rule c2:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c2.txt",
        opt_args=param_exp("--outputs c2.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c2"
    when: f"{param_of('opt_exec')}"
    shell: "prun"

rule c3:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c3.txt",
        opt_args=param_exp("--outputs c3.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c3"
    when: f"({param_of('opt_inDS')})"
    shell: "prun"

rule c4:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c4.txt",
        opt_args=param_exp("--outputs c4.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c4"
    when: f"!{param_of('opt_inD')}"
    shell: "prun"

rule c5:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c5.txt",
        opt_args=param_exp("--outputs c5.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c5"
    when: f"{param_of('opt_inDS')} {param_of('opt_secondaryDSs')}"
    shell: "prun"

rule c6:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c6.txt",
        opt_args=param_exp("--outputs c6.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c6"
    when: f"{param_of('opt_inDS')} &&"
    shell: "prun"

rule c7:
    params:
        opt_inDS=rules.top.output[0],
        opt_secondaryDSs=[rules.side.output[0]],
        opt_exec="cat %IN %IN2 > c7.txt",
        opt_args=param_exp("--outputs c7.txt --secondaryDSs IN2:1:%{SECDS1}")
    input: rules.top.output, rules.side.output
    output: "c7"
    when: f"{param_of('opt_inDS')} && {param_of('opt_secondaryDSs')} || {param_of('opt_inDS')}"
    shell: "prun"


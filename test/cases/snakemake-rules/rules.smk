from pandaserver.workflow.snakeparser.utils import param_of, param_exp

rule all:
    params: data="user.alice.in/", data="user.alice.other/"
    input: "a", "nowhere"

rule a:
    parms: opt_exec="a > a.txt", opt_args="--outputs a.txt"
    output: "a"
    outputs: "b"
    output: "c"
    resource: 5
    log: "a.log"
    shell: "prum"

rule a:
    output: "d"
    shell: "prun"

rule e:
    params: "echo", opt_args="--outputs e.txt"
    output: "a"

rule f:
    params: opt_exec="f > f.txt", opt_args="--outputs f.txt"
    output: "f"
    loop: "yes"
    scatter: ["opt_exec"]
    when: param_of("opt_exec")
    shell: "wc -l x > y"

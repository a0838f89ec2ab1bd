from pandaserver.workflow.snakeparser.utils import param_of, param_exp

rule all:
    input: "b"

rule a:
    params:
        opt_exec='echo "\tx" > a.txt',
        opt_args="""--outputs a.txt
            --nosuchOption 1"""
    output: "a"
    shell: "prun"

rule b:
    params:
        opt_inDS=rules.a.output[0],
        opt_inDsType="b.txt",
        opt_exec=param_exp("cat %IN %{DS2} > b.txt"),
        opt_args="--outputs " "b.txt " "--nEventsPerJob many",
        opt_inDs="x"
    input: rules.a.output
    output: "b"
    shell: "prun"

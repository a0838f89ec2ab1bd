from pandaserver.workflow.snakeparser.utils import param_of, parm_exp
configfile: "config.json"

rule all:
    params: data=config["dat"], more=None
    input: rules.late.output, "a"

rule a:
    params:
        opt_inDS=param_of("dato", source=rules.all),
        opt_secondaryDSs=[param_of("opt_inDS")],
        opt_exec=param_exp("a %IN > a.txt", 1),
        opt_args=param_of(5)
    output: "a", "a2"
    shell: "prun"

rule late:
    params:
        opt_inDS=rules.a.output[2],
        opt_exec=f"cat %IN %{DS1} > late.txt",
        opt_args="--outputs late.txt --bogus {DS1} --nJob 1"
    input: rules.a.output, rules.b.output
    output: "late"
    shell: "prun"

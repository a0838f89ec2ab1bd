# Comments, remarks, and every way to write a text.
from pandaserver.workflow.snakeparser.utils import (
    param_of,
    param_exp,
)
configfile: 'config.yaml'
"""a remark"""

rule all:
    """another remark"""
    params:
        data = config["data"],
        second = config['list'][-1]
    input:
        config["out"]["name"],
        'two'

rule one:
    params: opt_exec=r"sed 's/\d//' %IN > x.txt", opt_inDS=param_of("data", rules.all), opt_args="--outputs " "x.txt" \
            " --nFilesPerJob 1"
    output: config["out"]["name"]
    shell: 'prun'

rule two:
    params:
        opt_inDS=param_of(name="second", source=rules.all),
        opt_exec="""wc \
%IN > y.txt; echo "two\x21" """,
        opt_args=('--outputs y.txt'
                  + f" --nJobs {config['jobs']}"),   # a comment
    output:
        res="two"
    shell:
        """prun"""

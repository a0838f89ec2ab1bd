import os
from math import pi
points = 3
if points > 2:
    points = 2

def name(x):
    return x

rule all:
    input: name("a"), [f"x{i}" for i in range(3)]

rule a:
    params:
        opt_exec=lambda wildcards: "echo > a.txt",
        opt_args=f"--outputs a.txt --nJobs {points:d}" if points else "",
        opt_containerImage={"a": 1},
        opt_inDS=os.path.join("user", "alice"),
        opt_inDsType="a" * 2
    output: "a"
    threads: 4
    shell: "prun"

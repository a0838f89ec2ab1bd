rule all:
    input: "a", "b", "c"

rule a:
    params:
        opt_exec="echo > a.txt,
        opt_args="--outputs a.txt"
    output: "a"
    shell: "prun"

rule b:
    params:
        opt_exec="echo > b.txt"
        opt_args="--outputs b.txt"
    output: "b"
      shell: "prun"

rule c:
    params:
        opt_exec=("echo > c.txt",
        opt_args="--outputs c.txt",,
    output: "c"
    shell: "prun"

rule d:

rule:
    output: "e"

rules f:
    output: "f"
    shell: "prun"
  ?

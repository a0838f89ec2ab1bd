rule all:
    input: "a"

rule a:
    output: "a"
    shell: "parts/again/Snakefile"

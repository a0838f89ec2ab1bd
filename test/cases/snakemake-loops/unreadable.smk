configfile: "parts"
configfile: "lost.json"

rule all:
    input: config["a"]

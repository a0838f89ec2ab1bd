{"cwlVersion": "v1.2", "class": "Workflow", "inputs": [], "outputs": {"o": {"type": "string", "outputSource": "a/outDS"}},
 "steps": {"a": {"run": "prun", "in": {"opt_exec": {"default": "e"}, "opt_args": {"default": "--outputs o"}}, "out": ["outDS"]}}}

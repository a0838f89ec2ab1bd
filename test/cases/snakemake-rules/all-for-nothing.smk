rule al:
    input: "x"

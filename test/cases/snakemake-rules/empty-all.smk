rule all:
    params: x=1

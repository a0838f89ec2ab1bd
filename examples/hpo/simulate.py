"""Events with a mass and a quality: a resonance at 125 with a width of 2 over a flat background.

usage: simulate.py SEED EVENTS
"""
import random
import sys

seed, count = int(sys.argv[1]), int(sys.argv[2])
numbers = random.Random(seed)
print("kind,mass,quality")
for _ in range(count):
    if numbers.random() < 0.1:
        print(f"signal,{numbers.gauss(125, 2):.3f},{numbers.random() ** 0.5:.3f}")
    else:
        print(f"background,{numbers.uniform(100, 160):.3f},{numbers.random() ** 2:.3f}")

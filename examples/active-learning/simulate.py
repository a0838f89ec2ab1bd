"""simulate.py '[200, 350, 500]' JOB: events of the mass with this number, a transverse momentum in each line."""
import json
import random
import sys

masses, job = json.loads(sys.argv[1]), int(sys.argv[2])
mass = masses[job]
numbers = random.Random(f'mass {mass}')
print(f'# mass {mass}')
for _ in range(6000):
    print(f'{numbers.random() * mass / 2:.3f}')

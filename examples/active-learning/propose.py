"""The junction: is the crossing known well enough, and if not, where to look next?

propose.py --iteration N --history JSON LIMITS writes results.json for PanDA and history.csv for people.
"""
import argparse
import json
import math

# The answer is good enough when it is known to so many GeV.
TOLERANCE = 5

parser = argparse.ArgumentParser()
parser.add_argument('--iteration', type=int)
parser.add_argument('--history', type=json.loads, help='[[iteration, mass, limit], …]')
parser.add_argument('limits')
arguments = parser.parse_args()

with open(arguments.limits) as limits:
    fresh = [[arguments.iteration, point['mass'], point['limit']] for point in json.load(limits)]
history = arguments.history + fresh

# The limit is a multiple of the theory: below 1 the mass is excluded, above it is not.
below = max((point for point in history if point[2] < 1), key=lambda point: point[1], default=None)
above = min((point for point in history if point[2] >= 1), key=lambda point: point[1], default=None)

if below is None or above is None:
    edge = (below or above)[1]
    masses = [round(edge * factor, 1) for factor in ((1.1, 1.3, 1.6) if above is None else (0.6, 0.75, 0.9))]
    crossing, width = None, None
else:
    # Between the two the limit grows about exponentially.
    share = -math.log(below[2]) / (math.log(above[2]) - math.log(below[2]))
    width = above[1] - below[1]
    crossing = below[1] + share * width
    step = max(width / 4, TOLERANCE / 2)
    masses = [round(crossing + shift, 1) for shift in (-step, 0, step)]

done = width is not None and width <= 2 * TOLERANCE
# Rounded, so that the text stays short from iteration to iteration.
kept = [[number, mass, round(limit, 5)] for number, mass, limit in history]
with open('results.json', 'w') as results:
    json.dump({'to_continue': not done, 'masses': masses, 'history': json.dumps(kept)}, results)
with open('history.csv', 'w') as table:
    table.write('iteration,mass,limit\n')
    table.writelines(f'{number},{mass},{limit:.5f}\n' for number, mass, limit in kept)
print(f'crossing at {crossing} GeV, known to {width} GeV; next: {masses}')

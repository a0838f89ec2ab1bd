"""answer.py HISTORY: where the limit crosses the theory, between the two masses next to it."""
import csv
import math
import sys

with open(sys.argv[1]) as table:
    points = [(int(row['iteration']), float(row['mass']), float(row['limit'])) for row in csv.DictReader(table)]
_, low, small = max((p for p in points if p[2] < 1), key=lambda p: p[1])
_, high, large = min((p for p in points if p[2] >= 1), key=lambda p: p[1])
crossing = low - math.log(small) * (high - low) / (math.log(large) - math.log(small))
rounds = max(number for number, _, _ in points)
print(f'excluded up to {crossing:.1f} GeV, found with {len(points)} points in {rounds} iterations')

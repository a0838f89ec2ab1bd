"""limit.py FILE…: the upper limit on the signal strength at each mass, at 95 % CLs, as JSON."""
import json
import math
import sys

# The counting experiment: background that is expected, and what was seen.
BACKGROUND, OBSERVED = 4.2, 4


def poisson_cdf(seen, expected):
    return sum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(seen + 1))


def promised_events(mass):
    """Signal events of the theory before any selection."""
    return 900 * math.exp(-mass / 150)


def excluded_events():
    """The number of signal events at which CLs falls to 5 %."""
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        cls = poisson_cdf(OBSERVED, middle + BACKGROUND) / poisson_cdf(OBSERVED, BACKGROUND)
        low, high = (middle, high) if cls > 0.05 else (low, middle)
    return high


points = []
for name in sys.argv[1:]:
    with open(name) as efficiency:
        point = json.load(efficiency)
    selected = promised_events(point['mass']) * point['passed'] / point['events']
    points.append({'mass': point['mass'], 'limit': excluded_events() / selected})
print(json.dumps(sorted(points, key=lambda point: point['mass']), indent=1))

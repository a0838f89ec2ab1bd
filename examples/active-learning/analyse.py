"""analyse.py FILE: how many events pass the selection, as JSON."""
import json
import sys

# Selected are events with a transverse momentum above this, in GeV; it is spread evenly from 0 to half of the mass.
CUT = 60

with open(sys.argv[1]) as events:
    mass = float(events.readline().split()[2])
    momenta = [float(line) for line in events]
passed = sum(momentum > CUT for momentum in momenta)
print(json.dumps({'mass': mass, 'events': len(momenta), 'passed': passed}))

"""All windows that were tried, the best first.

usage: table.py METRICS,METRICS,...
"""
import json
import sys
import tarfile

results = []
for name in sys.argv[1].split(","):
    with tarfile.open(name) as archive:
        results.append(json.load(archive.extractfile("result.json")))
print("loss,centre,half_width,selection,signal,background")
for result in sorted(results, key=lambda one: one["loss"]):
    point, counts = result["point"], result["counts"]
    values = [f"{result['loss']:.3f}", f"{point['centre']:.2f}", f"{point['half_width']:.2f}", point["selection"]]
    print(",".join(values + [str(counts["signal"]), str(counts["background"])]))

#!/bin/bash
# Simulates events of one kind, one a line.
#   signal      what the detector adds to the true mass, GeV
#   background  the measured mass, GeV, between 100 and 200
set -eu
kind=$1
number=$2

awk -f random.awk -f /dev/stdin -v kind="$kind" -v number="$number" <<'AWK'
BEGIN {
  seed(number)
  count = kind == "signal" ? 2000 : 4000
  for (event = 0; event < count; event++)
    printf "%.4f\n", kind == "signal" ? 2.5 * normal() : falling()
}
AWK

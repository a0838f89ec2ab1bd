#!/bin/bash
# Puts simulated signal and background into histograms, beside the data that were "taken".
#   $1  signal files, separated by commas      $2  background files, separated by commas
# Output: `efficiency E`, then `bin LOW HIGH BACKGROUND DATA` for each bin of 5 GeV.
set -eu

{
  sed 's/^/signal /' ${1//,/ }
  sed 's/^/background /' ${2//,/ }
} | awk -f random.awk -f histograms.awk

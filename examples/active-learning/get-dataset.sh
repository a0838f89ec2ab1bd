#!/bin/bash
# Brings the files of a dataset into a folder: with Rucio where there is one, else from the PanDA of this machine.
set -eu
dataset=${1%/}
folder=$2

if command -v rucio > /dev/null; then
  rucio download --no-subdir --dir "$folder" "$dataset"
else
  pchain fetch --dataset "$dataset" --to "$folder"
fi

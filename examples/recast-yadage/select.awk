# Keeps events with enough transverse momentum.
$3 > minimum { print $2 }

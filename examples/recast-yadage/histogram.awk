# Masses in bins of 5 GeV from 100 to 150 GeV.
$1 >= 100 && $1 < 150 { count[int(($1 - 100) / 5)]++ }
END { for (bin = 0; bin < 10; bin++) printf "%d,%d\n", 100 + 5 * bin, count[bin] }

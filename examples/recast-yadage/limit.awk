# The upper limit (95 % confidence) on the signal strength of a counting experiment in 115 to 135 GeV: the background falls
# exponentially, and the smallest signal that such a fluctuation could hide is excluded.
$1 >= 115 && $1 < 135 {
  signal += $2
  background += 4000 * exp(-($1 - 100) / 40)
}
END {
  expected = signal / generated * pb * 1000 * ifb
  printf "{\"selected\": %d, \"signal\": %.2f, \"background\": %.2f, \"mu95\": %.3f}\n", signal, expected, background, 1.96 * sqrt(background) / expected
}

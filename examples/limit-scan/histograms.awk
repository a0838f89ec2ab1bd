# The share of signal events that stay within 5 GeV of the true mass, and the mass spectrum of background and data.
function bin_of(mass) { return int((mass - low) / width) }

BEGIN { low = 100; width = 5; bins = 20; expected = 1200 }

$1 == "signal" { signals++; if ($2 > -5 && $2 < 5) inside++ }
$1 == "background" { backgrounds++; simulated[bin_of($2)]++ }

END {
  # The data: background as expected, and something at 150 GeV that nobody knows of yet.
  seed(4711)
  for (event = 0; event < expected; event++) data[bin_of(falling())]++
  for (event = 0; event < 45; event++) data[bin_of(150 + 2.5 * normal())]++

  printf "efficiency %.4f\n", inside / signals
  for (bin = 0; bin < bins; bin++)
    printf "bin %d %d %.3f %d\n", low + bin * width, low + (bin + 1) * width, simulated[bin] * expected / backgrounds, data[bin]
}

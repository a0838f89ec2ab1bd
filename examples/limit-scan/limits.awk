# Upper limits at 95 % confidence on the cross section of a resonance, for masses from 105 to 195 GeV.
# Counting within 5 GeV of the mass; CLs with Poisson probabilities; 1 inverse picobarn of data.
$1 == "efficiency" { efficiency = $2 }
$1 == "bin" { background[$2] = $4; data[$2] = $5 }

# Probability of at most n events where `mean` are expected.
function at_most(n, mean,    k, term, sum) {
  term = exp(-mean)
  for (k = 0; k <= n; k++) { sum += term; term *= mean / (k + 1) }
  return sum
}

# The signal yield that makes CLs = 5 %, by bisection.
function limit(n, mean,    low, high, middle) {
  low = 0; high = 10 + 10 * sqrt(mean + 1) + n
  while (high - low > 1e-6) {
    middle = (low + high) / 2
    if (at_most(n, mean + middle) > 0.05 * at_most(n, mean)) low = middle; else high = middle
  }
  return high
}

END {
  print "mass,expected,observed"
  for (mass = 105; mass <= 195; mass += 5) {
    mean = background[mass - 5] + background[mass]
    seen = data[mass - 5] + data[mass]
    printf "%d,%.3f,%.3f\n", mass, limit(int(mean + 0.5), mean) / efficiency, limit(seen, mean) / efficiency
  }
}

# Events of a resonance at 125 GeV: number, mass and transverse momentum in GeV. The same seed gives the same events everywhere:
# the generator of Park and Miller stays within whole numbers that awk holds exactly.
function uniform() {
  state = (state * 16807) % 2147483647
  return state / 2147483647
}
BEGIN {
  state = seed
  for (event = 1; event <= events; event++) {
    sum = 0
    for (part = 0; part < 12; part++) sum += uniform()
    printf "%d %.3f %.3f\n", event, 125 + 3 * (sum - 6), -40 * log(uniform())
  }
}

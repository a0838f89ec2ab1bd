# Random numbers that are the same with every awk: the minimal standard generator of Park and Miller (1988).
function seed(value) { state = (value * 48271) % 2147483647; if (state <= 0) state += 2147483646; for (warm = 0; warm < 10; warm++) uniform() }
function uniform() { state = (state * 16807) % 2147483647; return state / 2147483647 }
# A standard normal deviate: twelve uniform ones, as of old.
function normal(    i, sum) { sum = -6; for (i = 0; i < 12; i++) sum += uniform(); return sum }
# Falling exponential between 100 and 200 GeV with a decay constant of 40 GeV.
function falling(    u) { u = uniform(); return 100 - 40 * log(1 - u * (1 - exp(-100 / 40))) }

# The mass spectrum as SVG: simulated background as bars, data as points with their statistical error.
BEGIN { left = 60; bottom = 360; height = 320; step = 26 }

$1 == "bin" { low[n] = $2; background[n] = $4; data[n] = $5; top = $4 > top ? $4 : top; top = $5 > top ? $5 : top; n++ }

END {
  scale = height / (top * 1.15)
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"420\" font-family=\"sans-serif\" font-size=\"13\">\n"
  print "<rect width=\"640\" height=\"420\" fill=\"white\"/>"
  for (i = 0; i < n; i++) {
    x = left + i * step
    printf "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#9ec5e8\"/>\n", x, bottom - background[i] * scale, step - 1, background[i] * scale
    y = bottom - data[i] * scale; error = sqrt(data[i]) * scale
    printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"black\"/>\n", x + step / 2, x + step / 2, y - error, y + error
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n", x + step / 2, y
    if (i % 4 == 0) printf "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", x, bottom + 18, low[i]
  }
  printf "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"black\"/>\n", left, bottom, left + n * step, bottom
  printf "<text x=\"320\" y=\"%d\" text-anchor=\"middle\">mass [GeV]</text>\n", bottom + 44
  printf "<text x=\"20\" y=\"200\" text-anchor=\"middle\" transform=\"rotate(-90 20 200)\">events / 5 GeV</text>\n"
  print "<text x=\"560\" y=\"40\" text-anchor=\"end\">&#9679; data &#160; <tspan fill=\"#5b93c4\">&#9632;</tspan> background</text>"
  print "</svg>"
}

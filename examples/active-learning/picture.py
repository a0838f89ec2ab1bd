"""picture.py HISTORY: every point that was tried as an SVG, iterations in colours of their own."""
import csv
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 400, 70, 350, 30
COLOURS = ['#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377']

with open(sys.argv[1]) as table:
    points = [(int(row['iteration']), float(row['mass']), float(row['limit'])) for row in csv.DictReader(table)]
masses = [mass for _, mass, _ in points]
logs = [math.log10(limit) for _, _, limit in points]
low, high = min(masses) - 50, max(masses) + 50
floor, ceiling = math.floor(min(logs)), math.ceil(max(logs))


def x(mass):
    return LEFT + (mass - low) / (high - low) * (WIDTH - LEFT - 130)


def y(log):
    return BOTTOM - (log - floor) / (ceiling - floor) * (BOTTOM - TOP)


def text(at, height, words, anchor='middle', turn=''):
    print(f'<text x="{at:.1f}" y="{height:.1f}" text-anchor="{anchor}"{turn}>{words}</text>')


print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">')
print(f'<title>Upper limits at {len(points)} masses</title>')
print(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>')
for decade in range(floor, ceiling + 1):
    print(f'<line x1="{LEFT}" x2="{WIDTH - 130}" y1="{y(decade):.1f}" y2="{y(decade):.1f}" stroke="#ddd"/>')
    text(LEFT - 8, y(decade) + 4, f'{10.0**decade:g}', 'end')
for mass in range(math.ceil(low / 200) * 200, int(high) + 1, 200):
    print(f'<line x1="{x(mass):.1f}" x2="{x(mass):.1f}" y1="{BOTTOM}" y2="{BOTTOM + 5}" stroke="black"/>')
    text(x(mass), BOTTOM + 20, mass)
print(f'<path d="M{LEFT} {TOP}V{BOTTOM}H{WIDTH - 130}" fill="none" stroke="black"/>')
print(f'<line x1="{LEFT}" x2="{WIDTH - 130}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="black" stroke-dasharray="6 4"/>')
text((LEFT + WIDTH - 130) / 2, BOTTOM + 40, 'mass [GeV]')
text(20, (TOP + BOTTOM) / 2, 'upper limit / theory', turn=f' transform="rotate(-90 20 {(TOP + BOTTOM) / 2})"')
for number in sorted({number for number, _, _ in points}):
    colour = COLOURS[(number - 1) % len(COLOURS)]
    print(f'<g fill="{colour}"><title>iteration {number}</title>')
    for _, mass, limit in (point for point in points if point[0] == number):
        print(f'<circle cx="{x(mass):.1f}" cy="{y(math.log10(limit)):.1f}" r="5"/>')
    print(f'<circle cx="{WIDTH - 112}" cy="{TOP + 22 * number - 4}" r="5"/></g>')
    text(WIDTH - 100, TOP + 22 * number, f'iteration {number}', 'start')
print('</svg>')

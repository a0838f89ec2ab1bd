// Reads a drawing as a person does: follows the lines from the lower border of each box to the arrow heads.

const ways: Readonly<Record<string, readonly ('n' | 'e' | 's' | 'w')[]>> = {
  '│': ['n', 's'],
  '┆': ['n', 's'],
  '─': ['e', 'w'],
  '┄': ['e', 'w'],
  '└': ['n', 'e'],
  '┌': ['s', 'e'],
  '┘': ['n', 'w'],
  '┐': ['s', 'w'],
  '├': ['n', 's', 'e'],
  '┤': ['n', 's', 'w'],
  '┴': ['n', 'e', 'w'],
  '┬': ['s', 'e', 'w'],
  '┼': ['n', 'e', 's', 'w'],
};
const steps = { n: [-1, 0], s: [1, 0], e: [0, 1], w: [0, -1] } as const;
const opposite = { n: 's', s: 'n', e: 'w', w: 'e' } as const;

interface Box {
  readonly name: string;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** `a>b` for every box `a` from which a line leads to box `b`; sorted. Boxes must not be nested, ASCII names only. */
export function tracedLinks(lines: readonly string[]): string[] {
  const at = (row: number, column: number): string => lines[row]?.charAt(column) ?? ' ';
  const boxes = findBoxes(lines, at);
  const found = new Set<string>();
  for (const box of boxes) {
    for (let column = box.left + 1; column < box.right; column++) {
      if (!'┬╤'.includes(at(box.bottom, column))) continue;
      for (const [row, end] of follow(box.bottom + 1, column, at)) {
        const target = boxes.find((each) => each.top === row + 1 && each.left < end && end < each.right);
        found.add(`${box.name}>${target?.name ?? 'nothing'}`);
      }
    }
  }
  return [...found].sort();
}

function findBoxes(lines: readonly string[], at: (row: number, column: number) => string): Box[] {
  return lines.flatMap((line, top) =>
    [...line.matchAll(/[┌╭╔][─═]+[┐╮╗]/g)].flatMap((match) => {
      const left = match.index;
      const right = left + match[0].length - 1;
      const side = at(top + 1, left);
      // A bend of two lines can look like an upper border, but no name stands under it.
      if ((side !== '│' && side !== '║') || at(top + 1, left + 1) !== ' ' || at(top + 1, left + 2) === ' ')
        return [];
      let bottom = top + 1;
      while (at(bottom, left) === side) bottom++;
      return [{ name: (lines[top + 1] ?? '').slice(left + 2, right - 1).trim(), top, bottom, left, right }];
    }),
  );
}

function follow(
  row: number,
  column: number,
  at: (row: number, column: number) => string,
): [number, number][] {
  const ends: [number, number][] = [];
  const seen = new Set<string>();
  const walk = (r: number, c: number, heading: keyof typeof steps): void => {
    const key = `${r} ${c} ${heading}`;
    if (seen.has(key)) return;
    seen.add(key);
    const sign = at(r, c);
    if ('▼▽×'.includes(sign)) {
      ends.push([r, c]);
      return;
    }
    const open = ways[sign];
    if (open === undefined) throw new Error(`a line ends in \`${sign}\` at ${r}, ${c}`);
    // A vertical line passes over a horizontal one.
    const crosses = (heading === 'e' || heading === 'w') && (sign === '│' || sign === '┆');
    if (!crosses && !open.includes(opposite[heading]))
      throw new Error(`broken line at ${r}, ${c}: \`${sign}\``);
    for (const way of crosses ? [heading] : open) {
      // Nobody reads upwards: there, lines only come together.
      if (!crosses && (way === opposite[heading] || way === 'n')) continue;
      const [dr, dc] = steps[way];
      walk(r + dr, c + dc, way);
    }
  };
  walk(row, column, 's');
  return ends;
}

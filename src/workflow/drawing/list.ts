// A workflow as an indented list: one row per step, with the names of those that feed it. For workflows that are
// too large for boxes, and for narrow terminals.
import { clip, padEnd, textWidth } from '../../base/text-width.ts';
import type { DrawOptions } from './boxes.ts';
import type { DrawnGroup, DrawnLink } from './groups.ts';
import { kindText } from './words.ts';

interface ListRow {
  readonly name: string;
  readonly kind: string;
  readonly after: string;
}

/** The rows of the list; what a step waits for continues on further rows where it does not fit. */
export function drawList(group: DrawnGroup, options: DrawOptions): string[] {
  const rows = rowsOf(group, 0, options.unicode);
  const third = Math.max(8, Math.floor(options.width / 2));
  const nameWidth = Math.min(third, Math.max(0, ...rows.map((row) => textWidth(row.name))));
  const kindWidth = Math.max(0, ...rows.map((row) => textWidth(row.kind)));
  const indent = nameWidth + kindWidth + 4;
  return rows
    .flatMap((row) => {
      const isLong = textWidth(row.name) > nameWidth;
      const head = `${padEnd(row.name, nameWidth)}  ${padEnd(row.kind, kindWidth)}`;
      const room = options.width - indent;
      const after = row.after === '' ? [] : broken(row.after, Math.max(10, room));
      if (room < 10) return [head, ...after.map((line) => `    ${line}`)];
      const [first = '', ...rest] = after;
      const lines = [
        `${isLong ? `${row.name}  ${row.kind}` : head}  ${first}`,
        ...rest.map((line) => ' '.repeat(indent) + line),
      ];
      return lines;
    })
    .map((line) => clip(line.trimEnd(), options.width, options.unicode ? '…' : '...'));
}

function rowsOf(group: DrawnGroup, depth: number, unicode: boolean): ListRow[] {
  return group.steps.flatMap((step, index) => {
    const when = step.when === undefined ? '' : `when ${step.when}`;
    const feeds = group.links.filter((link) => link.to === index);
    const parents = feeds.map((link) => parentText(group, link, unicode)).join(', ');
    const row: ListRow = {
      name: `${'  '.repeat(depth)}${step.name}`,
      kind: kindText(step, unicode),
      after: [parents, when].filter((part) => part !== '').join('; '),
    };
    return [row, ...(step.inner === undefined ? [] : rowsOf(step.inner, depth + 1, unicode))];
  });
}

/** `--> top` waits for its end, `- -> top` starts with its first files, `-x> top` runs when it failed. */
function parentText(group: DrawnGroup, link: DrawnLink, unicode: boolean): string {
  const name = group.steps[link.from]?.name ?? '';
  return `${listArrow(link.kind, unicode)} ${name}`;
}

/** The arrow of a link, read from right to left: it stands before the name of the step that is waited for. */
export function listArrow(kind: DrawnLink['kind'], unicode: boolean): string {
  switch (kind) {
    case 'processed':
      return unicode ? '◀──' : '<--';
    case 'started':
      return unicode ? '◁┄┄' : '<- -';
    case 'failed':
      return unicode ? '×──' : 'x--';
  }
}

/** Breaks behind commas and semicolons where the text is too wide. */
function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=[,;]) /)) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(part) <= width)
      lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines;
}

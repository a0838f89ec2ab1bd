// A workflow drawn for a terminal: who feeds whom, what is repeated, what runs only under a condition.
//
//   ┌────────┐  ┌────────┐
//   │ signal │  │ noise  │
//   │ prun   │  │ prun   │
//   └───┬────┘  └────┬───┘
//       └──┐   ┌─────┘
//          ▼   ▼
//       ┌──────────┐
//       │ combine  │
//       └──────────┘
import { clip, textWidth } from '../../base/text-width.ts';
import { printable } from '../../base/text.ts';
import type { LinkKind, Plan, PlannedStep } from '../plan.ts';
import { arrow, drawBoxes } from './boxes.ts';
import type { DrawOptions } from './boxes.ts';
import { countDrawn, drawnGroup } from './groups.ts';
import type { DrawnGroup } from './groups.ts';
import { drawList, listArrow } from './list.ts';

export type { DrawOptions } from './boxes.ts';

// Above this, boxes fill several screens and the lines between them are lost.
const mostBoxes = 18;
const mostRows = 66;

/** The lines of the drawing, none wider than `width`: boxes in layers, or a list when there are too many steps
 *  for boxes or too few columns. A line at the end explains the kinds of arrows that are used. */
export function drawWorkflow(plan: Plan, options: DrawOptions): string[] {
  const group = drawnGroup(withPrintableNames(plan));
  if (group.steps.length === 0) return ['(no steps)'];
  const sane: DrawOptions = { ...options, width: Math.max(20, options.width) };
  const boxes = countDrawn(group) <= mostBoxes ? drawBoxes(group, sane) : undefined;
  const asBoxes = boxes !== undefined && boxes.length <= mostRows;
  const rows = asBoxes ? boxes : drawList(group, sane);
  return [...rows, ...legend(kindsIn(group), asBoxes, sane)];
}

/** Names come from a file of the user; they must not act on the terminal. */
function withPrintableNames(plan: Plan): Plan {
  const clean = (step: PlannedStep): PlannedStep => ({
    ...step,
    name: printable(step.name).replace(/\s+/g, ' '),
    steps: step.steps.map(clean),
  });
  return { ...plan, steps: plan.steps.map(clean) };
}

function kindsIn(group: DrawnGroup): Set<LinkKind> {
  const kinds = new Set(group.links.map((link) => link.kind));
  for (const step of group.steps)
    if (step.inner !== undefined) for (const kind of kindsIn(step.inner)) kinds.add(kind);
  return kinds;
}

const meanings: Readonly<Record<LinkKind, string>> = {
  processed: 'waits for its end',
  started: 'starts with its first files',
  failed: 'runs when it failed',
};

function legend(kinds: ReadonlySet<LinkKind>, asBoxes: boolean, options: DrawOptions): string[] {
  const entries = (['processed', 'started', 'failed'] as const)
    .filter((kind) => kinds.has(kind))
    .map(
      (kind) =>
        `${asBoxes ? boxSign(kind, options.unicode) : listArrow(kind, options.unicode)} ${meanings[kind]}`,
    );
  if (entries.length === 0) return [];
  const line = entries.join('   ');
  const mark = options.unicode ? '…' : '...';
  return [
    '',
    ...(textWidth(line) <= options.width ? [line] : entries.map((entry) => clip(entry, options.width, mark))),
  ];
}

function boxSign(kind: LinkKind, unicode: boolean): string {
  const line = kind === 'started' ? (unicode ? '┆' : ':') : unicode ? '│' : '|';
  return `${line}${arrow(kind, unicode)}`;
}

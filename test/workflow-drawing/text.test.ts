import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/base/text-width.ts';
import type { LinkKind } from '../../src/workflow/plan.ts';
import { drawWorkflow } from '../../src/workflow/drawing/text.ts';
import {
  chainOfTwo,
  diamondWithCondition,
  fortySteps,
  nestedScatter,
  plan,
  sigBgComb,
  step,
  twoSources,
  wideLoop,
} from './plans.ts';
import { tracedLinks } from './trace.ts';

const unicode = { unicode: true, width: 80 };
const ascii = { unicode: false, width: 80 };

describe('a workflow drawn as boxes', () => {
  test('shows a chain of two, the second starting with the first files', () => {
    expect(drawWorkflow(chainOfTwo, unicode)).toEqual([
      '    ┌──────┐',
      '    │ top  │',
      '    │ prun │',
      '    └──┬───┘',
      '       ┆',
      '       ▽',
      '┌──────────────┐',
      '│ bottom       │',
      '│ prun, output │',
      '└──────────────┘',
      '',
      '┆▽ starts with its first files',
    ]);
  });

  test('shows two sources that join in a step on REANA', () => {
    expect(drawWorkflow(twoSources, unicode)).toEqual([
      '┌────────┐  ┌────────────┐',
      '│ signal │  │ background │',
      '│ prun   │  │ prun       │',
      '└───┬────┘  └─────┬──────┘',
      '    └───────┬─────┘',
      '            ▼',
      '    ╔═══════════════╗',
      '    ║ combine       ║',
      '    ║ reana, output ║',
      '    ╚═══════════════╝',
      '',
      '│▼ waits for its end',
    ]);
  });

  test('says under which condition a step runs, and which line stands for a failure', () => {
    expect(drawWorkflow(diamondWithCondition, unicode)).toMatchInlineSnapshot(`
      [
        "             ┌──────┐",
        "             │ top  │",
        "             │ prun │",
        "             └─┬──┬─┘",
        "       ┌───────┘  │",
        "       ▼          ×",
        "┌─────────────┐  ┌─────────────────┐",
        "│ good        │  │ bad             │",
        "│ prun        │  │ prun            │",
        "│ when top ok │  │ when top failed │",
        "└──────┬──────┘  └────────┬────────┘",
        "       └────────┬─────────┘",
        "                ▼",
        "    ╭────────────────────────╮",
        "    │ collect                │",
        "    │ junction, output       │",
        "    │ when good ok or bad ok │",
        "    ╰────────────────────────╯",
        "",
        "│▼ waits for its end   │× runs when it failed",
      ]
    `);
  });

  test('draws the steps of a scattered sub-workflow once, with how often they run', () => {
    expect(drawWorkflow(nestedScatter, unicode)).toMatchInlineSnapshot(`
      [
        "       ┌──────────┐",
        "       │ generate │",
        "       │ prun     │",
        "       └────┬─────┘",
        "       ┌────┴─────┐",
        "       ▼          │",
        "┌──────────────┐  │",
        "│ many_samples │  │",
        "│ workflow ×3  │  │",
        "│  ┌──────┐    │  │",
        "│  │ make │    │  │",
        "│  │ prun │    │  │",
        "│  └──┬───┘    │  │",
        "│     ┆        │  │",
        "│     ▽        │  │",
        "│ ┌─────────┐  │  │",
        "│ │ fit     │  │  │",
        "│ │ prun ×2 │  │  │",
        "│ └────┬────┘  │  │",
        "│      │       │  │",
        "│      ▼       │  │",
        "│   ┌──────┐   │  │",
        "│   │ join │   │  │",
        "│   │ prun │   │  │",
        "│   └──────┘   │  │",
        "└──────┬───────┘  │",
        "       └────┬─────┘",
        "            ▼",
        "     ┌──────────────┐",
        "     │ merge        │",
        "     │ prun, output │",
        "     └──────────────┘",
        "",
        "│▼ waits for its end   ┆▽ starts with its first files",
      ]
    `);
  });

  test('marks a loop and the junction that ends it', () => {
    expect(drawWorkflow(wideLoop, unicode)).toMatchInlineSnapshot(`
      [
        "        ┌────────────┐",
        "        │ work_start │",
        "        │ prun       │",
        "        └─────┬──────┘",
        "              │",
        "              ▼",
        "┌────────────────────────────┐",
        "│ work_loop                  │",
        "│ workflow ↻ loop            │",
        "│         ┌────────────────┐ │",
        "│         │ inner_work_top │ │",
        "│         │ prun           │ │",
        "│         └─────┬────┬─────┘ │",
        "│               ┆    └───┐   │",
        "│               ▽        │   │",
        "│ ┌───────────────────┐  │   │",
        "│ │ inner_work_bottom │  │   │",
        "│ │ prun              │  │   │",
        "│ └─────────┬─────────┘  │   │",
        "│           └─────┬──────┘   │",
        "│                 ▼          │",
        "│           ╭────────────╮   │",
        "│           │ checkpoint │   │",
        "│           │ junction   │   │",
        "│           ╰────────────╯   │",
        "└─────────────┬──────────────┘",
        "              │",
        "              ▼",
        "       ┌──────────────┐",
        "       │ merge        │",
        "       │ prun, output │",
        "       └──────────────┘",
        "",
        "│▼ waits for its end   ┆▽ starts with its first files",
      ]
    `);
  });

  test('needs no character outside of ASCII when there is none', () => {
    for (const drawn of [
      chainOfTwo,
      twoSources,
      diamondWithCondition,
      nestedScatter,
      wideLoop,
      sigBgComb,
      fortySteps,
    ]) {
      expect(drawWorkflow(drawn, ascii).join('\n')).toMatch(/^[\n -~]*$/);
    }
    expect(drawWorkflow(twoSources, ascii)).toMatchInlineSnapshot(`
      [
        "+--------+  +------------+",
        "| signal |  | background |",
        "| prun   |  | prun       |",
        "+---+----+  +-----+------+",
        "    +-------+-----+",
        "            v",
        "    +===============+",
        "    | combine       |",
        "    | reana, output |",
        "    +===============+",
        "",
        "|v waits for its end",
      ]
    `);
  });

  test('keeps every line of links traceable to the right box', () => {
    expect(tracedLinks(drawWorkflow(sigBgComb, unicode))).toEqual([
      'generate_some>make_background_2',
      'make_background_1>premix',
      'make_background_2>premix',
      'make_signal>combine',
      'premix>combine',
    ]);
  });
});

describe('a workflow drawn as a list', () => {
  test('names what feeds each step when there are many', () => {
    const lines = drawWorkflow(fortySteps, unicode);
    expect(lines).toHaveLength(42);
    expect(lines[7]).toBe('step_07  prun          ◀── step_03, ◀── step_06');
    expect(lines[39]).toBe('step_39  prun, output  ◁┄┄ step_38');
    expect(lines.at(-1)).toBe('◀── waits for its end   ◁┄┄ starts with its first files');
  });

  test('indents the steps of a sub-workflow on a terminal too narrow for boxes', () => {
    expect(drawWorkflow(wideLoop, { unicode: false, width: 30 })).toMatchInlineSnapshot(`
      [
        "        +------------+",
        "        | work_start |",
        "        | prun       |",
        "        +-----+------+",
        "              |",
        "              v",
        "+----------------------------+",
        "| work_loop                  |",
        "| workflow (loop)            |",
        "|         +----------------+ |",
        "|         | inner_work_top | |",
        "|         | prun           | |",
        "|         +-----+----+-----+ |",
        "|               :    +---+   |",
        "|               v        |   |",
        "| +-------------------+  |   |",
        "| | inner_work_bottom |  |   |",
        "| | prun              |  |   |",
        "| +---------+---------+  |   |",
        "|           +-----+------+   |",
        "|                 v          |",
        "|           +------------+   |",
        "|           | checkpoint |   |",
        "|           | junction   |   |",
        "|           +------------+   |",
        "+-------------+--------------+",
        "              |",
        "              v",
        "       +--------------+",
        "       | merge        |",
        "       | prun, output |",
        "       +--------------+",
        "",
        "|v waits for its end",
        ":v starts with its first files",
      ]
    `);
  });
});

test('a plan without steps says so', () => {
  expect(drawWorkflow(plan([]), unicode)).toEqual(['(no steps)']);
});

test('names cannot act on the terminal', () => {
  const drawn = drawWorkflow(plan([step({ id: 0, name: 'evil\u001b[2J\nname' })]), unicode);
  expect(drawn).toEqual(['┌───────────┐', '│ evil name │', '│ prun      │', '└───────────┘']);
});

test('wide characters keep the borders straight', () => {
  const drawn = drawWorkflow(plan([step({ id: 0, name: '信号' })]), unicode);
  expect(drawn).toEqual(['┌──────┐', '│ 信号 │', '│ prun │', '└──────┘']);
});

test('steps that wait for each other in a circle are listed, not drawn', () => {
  const circle = plan([
    step({ id: 0, name: 'a', from: [[1, 'processed']] }),
    step({ id: 1, name: 'b', from: [[0, 'processed']] }),
  ]);
  expect(drawWorkflow(circle, unicode)).toEqual([
    'a  prun  ◀── b',
    'b  prun  ◀── a',
    '',
    '◀── waits for its end',
  ]);
});

const kinds: LinkKind[] = ['processed', 'started', 'failed'];
const graphs = fc.integer({ min: 1, max: 9 }).chain((count) =>
  fc
    .array(
      fc.record({
        to: fc.integer({ min: 0, max: count - 1 }),
        from: fc.integer({ min: 0, max: count - 1 }),
        kind: fc.constantFrom(...kinds),
      }),
      { maxLength: 14 },
    )
    .map((links) => ({ count, links: links.filter((link) => link.from < link.to) })),
);

function planOf({
  count,
  links,
}: {
  count: number;
  links: readonly { from: number; to: number; kind: LinkKind }[];
}) {
  return plan(
    Array.from({ length: count }, (_, id) =>
      step({
        id,
        name: `n${id}`,
        from: links.filter((link) => link.to === id).map((link) => [link.from, link.kind]),
      }),
    ),
  );
}

test('any workflow that is drawn as boxes shows exactly its links', () => {
  let boxes = 0;
  fc.assert(
    fc.property(graphs, (graph) => {
      const lines = drawWorkflow(planOf(graph), unicode);
      if (lines[0]?.includes('prun') === true) return;
      boxes++;
      const wanted = new Set(graph.links.map((link) => `n${link.from}>n${link.to}`));
      expect(tracedLinks(lines)).toEqual([...wanted].sort());
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(boxes).toBeGreaterThan(300);
});

test('no line is wider than the terminal, and no step is missing', () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 20, max: 100 }), fc.boolean(), (graph, width, isUnicode) => {
      const lines = drawWorkflow(planOf(graph), { unicode: isUnicode, width });
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      for (let id = 0; id < graph.count; id++) expect(lines.join('\n')).toContain(`n${id} `);
    }),
    { numRuns: 200, seed: 11 },
  );
});

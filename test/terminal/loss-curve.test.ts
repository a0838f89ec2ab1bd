import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/base/text-width.ts';
import { lossText, pointText } from '../../src/terminal/loss-axis.ts';
import { searchLines, sparks, type CurveOptions } from '../../src/terminal/loss-curve.ts';
import { drawLosses } from '../../src/terminal/loss-picture.ts';
import { progressLines } from '../../src/terminal/progress-lines.ts';
import { styleOf } from '../../src/terminal/style.ts';
import { search, segmented } from './losses.ts';
import { startMs, state, task } from './states.ts';

const options: CurveOptions = { width: 60, unicode: true, style: styleOf(false) };
const losses = [9, 4, 6.5, 1.2, 7, 0.4, 0.39, 3, 1e5, null];

describe('the curve of a search', () => {
  test('shows the losses, the best so far going down, and the best point', () => {
    expect(searchLines('fit', search(losses), options)).toMatchInlineSnapshot(`
      [
        "fit  8 of 20 points, 1 running, 1 failed, best 0.39 (point …",
        "the steering in \`a/b:1\`, run by podman",
        "     9 ┤●━━┓",
        "       │   ┃",
        "       │   ┃  •     •",
        "       │   ┃",
        "       │   ●━━━━━┓",
        "       │         ┃           •",
        "       │         ●━━━━━┓",
        "  0.39 ┤               ●━━●━━━",
        "       └────────────────────────────",
        "        0                          9",
        "best: x 2, kind b",
      ]
    `);
  });

  test('needs nothing outside of ASCII', () => {
    const lines = searchLines('fit', search(losses), { ...options, unicode: false });
    expect(lines.join('')).toMatch(/^[ -~]*$/);
    expect(lines).toMatchInlineSnapshot(`
      [
        "fit  8 of 20 points, 1 running, 1 failed, best 0.39 (point .",
        "the steering in \`a/b:1\`, run by podman",
        "     9 +O--.",
        "       |   |",
        "       |   |  o     o",
        "       |   |",
        "       |   O-----.",
        "       |         |           o",
        "       |         O-----.",
        "  0.39 +               O--O---",
        "       +----------------------------",
        "        0                          9",
        "best: x 2, kind b",
      ]
    `);
  });

  test('says on a narrow terminal at least how far it is', () => {
    const lines = searchLines('fit', search(Array.from({ length: 40 }, (_, id) => 1 / (id + 1))), {
      ...options,
      width: 24,
    });
    expect(lines[0]).toBe('fit  40 of 20 points, b…');
    expect(lines.length).toBeGreaterThan(5);
    expect(searchLines('fit', search(losses), { ...options, width: 12 }).join('')).not.toContain('┤');
  });

  test('is drawn over powers of ten where the losses are', () => {
    const lines = searchLines('fit', search([2e4, 3e2, 5, 0.02]), options);
    expect(lines.at(-2)).toMatch(/\(logarithmic\)$/);
    expect(lines.slice(2, 6).join('\n')).toContain('20000 ┤');
  });

  test('is left out while nothing is known', () => {
    const lines = searchLines('fit', search([null, null]), options);
    expect(lines).toEqual(['fit  0 of 20 points, 2 running', 'the steering in `a/b:1`, run by podman']);
  });

  test('tells the best of every segment', () => {
    const lines = searchLines('fit', segmented([5, 8, 3, 7]), options);
    expect(lines.slice(-2)).toEqual(['best of low (3): x 0.66667, kind b', 'best of high (7): x 1, kind b']);
  });

  test('says what the steering stumbled over, and what stands in for it', () => {
    const plain = search([1]);
    const steering = { ...plain.steering, by: 'local approximation', error: 'ended \u001b[31mwith status 7' };
    const lines = searchLines('fit', { ...plain, steering }, options);
    expect(lines.slice(1, 3)).toEqual(['local approximation', 'the steering: ended with status 7']);
  });

  test('never is wider than the terminal, whatever the losses are', () => {
    const loss = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(1e5),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.array(loss, { maxLength: 60 }),
        fc.integer({ min: 1, max: 90 }),
        fc.boolean(),
        (all, width, unicode) => {
          const lines = searchLines('a search', search(all), { ...options, width, unicode });
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

test('losses and points are written short', () => {
  expect([0, 0.000213, 12.345678, -11.7015, 3.1e7, 2e-9].map(lossText)).toEqual([
    '0',
    '0.000213',
    '12.35',
    '-11.7',
    '3.1e+7',
    '2.0e-9',
  ]);
  expect(pointText({ rate: 0.00012345678, kind: 'adam', sizes: [1, 2] })).toBe(
    'rate 0.00012346, kind adam, sizes [1,2]',
  );
});

test('a curve in one line goes down with the losses', () => {
  expect(sparks([9, 9, 5, 5, 1])).toBe('██▅▅▁');
  expect(sparks(Array.from({ length: 100 }, (_, index) => -index))).toHaveLength(16);
  expect(sparks([2, 2])).toBe('▁▁');
});

test('the live view tells how far a search is', () => {
  const one = task({
    id: 1,
    step: 'fit',
    type: 'phpo',
    status: 'running',
    search: {
      max_points: 24,
      evaluated: 3,
      best: { id: 1, loss: 4 },
      curve: [9, 4, 4],
      is_local_approximation: true,
    },
  });
  const view = { width: 80, nowMs: startMs, unicode: true, style: styleOf(false) };
  expect(progressLines(state([one]), view)[2]?.trim()).toBe(
    '3 of 24 points, best 4 (point 1)  █▁▁  local approximation',
  );
  expect(progressLines(state([one]), { ...view, unicode: false })[2]).toMatch(/^[ -~]*$/);
});

describe('the picture of a search', () => {
  test('holds every point, the best ones so far, and what failed', () => {
    const { svg } = drawLosses('fit', search(losses), false);
    expect(svg.match(/<circle /g)).toHaveLength(8);
    expect(svg.match(/<path class="best /g)).toHaveLength(1);
    expect(svg).toContain('<title>point 8 failed</title>');
    expect(svg).toContain('<title>point 5: 0.4, x 1.6667, kind b</title>');
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(drawLosses('fit', search(losses), true).svg).not.toContain('prefers-color-scheme');
  });

  test('has a line and a colour for each segment', () => {
    const { svg } = drawLosses('fit', segmented([5, 8, 3, 7]), true);
    expect(svg).toContain('class="best hue0"');
    expect(svg).toContain('class="best hue1"');
    expect(svg).toContain('best of high: 7 at point 3');
  });

  test('is whole before anything is known, and whatever the names are', () => {
    expect(drawLosses('fit', search([]), false).svg).toContain('no point is evaluated yet');
    const { svg } = drawLosses('<script>"&', search([1]), false);
    expect(svg).toContain('&lt;script&gt;&quot;&amp;');
    expect(svg).not.toContain('<script>');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { textWidth } from '../../src/base/text-width.ts';
import { progressChanges } from '../../src/terminal/progress-changes.ts';
import { progressLines } from '../../src/terminal/progress-lines.ts';
import type { ProgressOptions } from '../../src/terminal/progress-lines.ts';
import type { ProgressState, ProgressTask } from '../../src/terminal/progress-state.ts';
import { phaseOf, taskLabels } from '../../src/terminal/progress-state.ts';
import { ProgressView } from '../../src/terminal/progress.ts';
import { styleOf } from '../../src/terminal/style.ts';
import { Terminal } from '../../src/terminal/terminal.ts';
import { Kept, Screen } from './screen.ts';
import { mixed, run, startMs, state, task } from './states.ts';

const options: ProgressOptions = { width: 80, nowMs: startMs + 62_000, unicode: true, style: styleOf(false) };

describe('the lines of the live view', () => {
  test('show every step with its jobs, REANA under its step, and totals', () => {
    expect(progressLines(mixed, options)).toMatchInlineSnapshot(`
      [
        "user.alice.scan (request 12)  Transforming",
        "✔ done     generate  prun      ██████████ 10/10  12.0 s",
        "⠋ running  reco      prun      ███▒░░░░░░ 13/40  4 running, 1 failed, 1 min 01 s",
        "⠋ running  fit       reana     ░░░░░░░░░░   0/1  1 running, 32 s",
        "           fit.3 running  2/4 steps, now \`scan\`",
        "– skipped  veto      prun                        its condition was not met",
        "○ waiting  collect   junction",
        "1 min 02 s, 2 of 5 steps done, 23 of 51 jobs, 5 running, 1 job failed",
      ]
    `);
  });

  test('need nothing outside of ASCII', () => {
    const lines = progressLines(mixed, { ...options, unicode: false });
    expect(lines.join('')).toMatch(/^[ -~]*$/);
    expect(lines).toMatchInlineSnapshot(`
      [
        "user.alice.scan (request 12)  Transforming",
        "+ done     generate  prun      ########## 10/10  12.0 s",
        "- running  reco      prun      ###x...... 13/40  4 running, 1 failed, 1 min 01 s",
        "- running  fit       reana     ..........   0/1  1 running, 32 s",
        "           fit.3 running  2/4 steps, now \`scan\`",
        "- skipped  veto      prun                        its condition was not met",
        ". waiting  collect   junction",
        "1 min 02 s, 2 of 5 steps done, 23 of 51 jobs, 5 running, 1 job failed",
      ]
    `);
  });

  test('on a narrow terminal keep status, name and counts', () => {
    expect(progressLines(mixed, { ...options, width: 40 })).toMatchInlineSnapshot(`
      [
        "user.alice.scan (request 12)  Transform…",
        "✔ done     generate  prun      10/10  1…",
        "⠋ running  reco      prun      13/40  4…",
        "⠋ running  fit       reana       0/1  1…",
        "           fit.3 running  2/4 steps, no…",
        "– skipped  veto      prun             i…",
        "○ waiting  collect   junction",
        "1 min 02 s, 2 of 5 steps done, 23 of 51…",
      ]
    `);
  });

  test('tell copies of a scattered step apart', () => {
    const lines = progressLines(state([task({ id: 4, step: 'fit' }), task({ id: 5, step: 'fit' })]), options);
    expect(lines[1]).toContain('fit #4');
    expect(lines[2]).toContain('fit #5');
  });

  test('tell iterations of a loop apart, and copies in them', () => {
    const labels = taskLabels([
      task({ id: 1, step: 'fit', step_id: 4, iteration: '1' }),
      task({ id: 2, step: 'fit', step_id: 4, iteration: '2.1' }),
      task({ id: 3, step: 'scan', step_id: 5, iteration: '1' }),
      task({ id: 4, step: 'scan', step_id: 6, iteration: '1' }),
    ]);
    expect([...labels.values()]).toEqual(['fit [1]', 'fit [2.1]', 'scan #5 [1]', 'scan #6 [1]']);
  });

  test('say nothing about a time that nobody knows', () => {
    expect(progressLines(state([], [], { created_ms: 0 }), options)).toEqual([
      'user.alice.scan (request 12)  Transforming',
      '0 of 0 steps done',
    ]);
  });

  test('fold finished steps first, then waiting ones, and keep what runs or failed', () => {
    const many = state([
      ...Array.from({ length: 20 }, (_, id) => task({ id, step: `done${id}`, status: 'done' })),
      task({ id: 20, step: 'broken', status: 'failed', error: 'no disk' }),
      task({ id: 21, step: 'busy', status: 'running' }),
      ...Array.from({ length: 20 }, (_, id) => task({ id: 30 + id, step: `later${id}` })),
    ]);
    expect(progressLines(many, { ...options, rows: 8 })).toMatchInlineSnapshot(`
      [
        "user.alice.scan (request 12)  Transforming",
        "✔ … 20 more done",
        "✖ failed   broken   prun               no disk",
        "⠋ running  busy     prun",
        "○ waiting  later0   prun",
        "○ waiting  later1   prun",
        "○ … 18 more waiting",
        "1 min 02 s, 20 of 42 steps done, 1 step failed",
      ]
    `);
    expect(progressLines(many, { ...options, rows: 30 })).toHaveLength(30);
    expect(progressLines(many, { ...options, rows: 30 }).slice(1, 3)).toEqual([
      '✔ … 15 more done',
      '✔ done     done15   prun',
    ]);
  });

  test('cannot be broken by what a server says', () => {
    const hostile = state([task({ id: 1, step: 'a\u001b[2J\nb', error: 'x\r\ny\u0007' })], [], {
      name: 'q\nq',
    });
    expect(progressLines(hostile, options).join('|')).not.toMatch(/\p{Cc}/u);
  });
});

test.each<[Partial<ProgressTask>, string]>([
  [{ status: 'registered' }, 'waiting'],
  [{ status: 'scouting' }, 'running'],
  [{ status: 'done' }, 'done'],
  [{ status: 'finished' }, 'partly'],
  [{ status: 'exhausted' }, 'failed'],
  [{ status: 'aborted' }, 'stopped'],
  [{ status: 'aborted', skipped: true }, 'skipped'],
  [{ status: 'unheardof' }, 'waiting'],
  [{ status: 'unheardof', started_ms: 1 }, 'running'],
  [{ status: 'unheardof', started_ms: 1, ended_ms: 2 }, 'done'],
])('a task that is %o counts as %s', (sketch, phase) => {
  expect(phaseOf(task({ id: 1, step: 'x', ...sketch, jobs: {} }))).toBe(phase);
});

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const count = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.nat(1_000_000));
const anyTask = fc
  .record({
    id: fc.nat(30),
    step: words,
    type: fc.constantFrom('prun', 'reana', 'phpo'),
    status: fc.oneof(
      fc.constantFrom('registered', 'running', 'done', 'finished', 'failed', 'aborted'),
      words,
    ),
    skipped: fc.boolean(),
    jobs: fc.record({ total: fc.option(count), running: count, finished: count, failed: count }),
    started_ms: fc.option(fc.integer({ min: startMs - 1e9, max: startMs + 1e9 })),
    error: fc.option(words),
  })
  .map((sketch) => task(sketch));
const anyState = fc
  .record({
    tasks: fc.array(anyTask, { maxLength: 30 }),
    runs: fc.array(
      fc.record({
        name: words,
        status: words,
        current_step: fc.option(words),
        task_id: fc.option(fc.nat(30)),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ tasks, runs }) =>
    state(
      tasks,
      runs.map((sketch, index) => run({ id: String(index), ...sketch })),
    ),
  );

test('no line is wider than asked for, and there are never more than asked for', () => {
  fc.assert(
    fc.property(
      anyState,
      fc.integer({ min: 1, max: 140 }),
      fc.integer({ min: 3, max: 40 }),
      fc.boolean(),
      fc.boolean(),
      (any, width, rows, unicode, color) => {
        const lines = progressLines(any, { ...options, width, rows, unicode, style: styleOf(color) });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toContain('\n');
        }
      },
    ),
    { numRuns: 400, seed: 1 },
  );
});

describe('the lines of a log', () => {
  test('tell what changed, once', () => {
    expect(progressChanges(undefined, mixed)).toEqual([
      'request 12 user.alice.scan: Transforming, 5 steps',
      'step generate: done after 12.0 s, 10 of 10 jobs finished',
      'step reco: running (prun, task 1), 13 of 40 jobs finished, 1 failed, 4 running',
      'step fit: running (reana, task 2), 0 of 1 job finished, 1 running',
      'step veto: skipped: its condition was not met',
      'run fit.3: running, 2 of 4 steps, now `scan`',
    ]);
    expect(progressChanges(mixed, mixed)).toEqual([]);
  });

  test('tell once for a step that it runs without its image, however many iterations it has', () => {
    const at = (iterations: number, why: string): ProgressState =>
      state(
        Array.from({ length: iterations }, (_, index) =>
          task({
            id: index,
            step_id: 7,
            step: 'fit',
            iteration: String(index + 1),
            container: { image: 'a:1', engine: null, why },
          }),
        ),
      );
    const told = 'step fit [1]: runs on this machine itself, not in the image a:1: none works';
    expect(progressChanges(undefined, at(2, 'none works')).slice(1)).toEqual([told]);
    expect(progressChanges(at(2, 'none works'), at(9, 'none works')).join()).not.toContain('image');
    expect(progressChanges(at(2, 'none works'), at(2, 'switched off'))).toEqual([
      told.replace('none works', 'switched off'),
    ]);
  });

  test('tell the counts of many jobs at every tenth, and every failure', () => {
    const at = (finished: number, failed = 0): ProgressState =>
      state([
        task({
          id: 1,
          step: 'a',
          status: 'running',
          jobs: { total: 1000, finished, failed },
          started_ms: startMs,
        }),
      ]);
    expect(progressChanges(at(100), at(199))).toEqual([]);
    expect(progressChanges(at(199), at(200))).toEqual(['step a: 200 of 1000 jobs finished']);
    expect(progressChanges(at(200), at(201, 1))).toEqual(['step a: 201 of 1000 jobs finished, 1 failed']);
    let lines = 0;
    for (let done = 0; done < 1000; done++) lines += progressChanges(at(done), at(done + 1)).length;
    expect(lines).toBe(10);
  });

  test('tell the end of the request and why', () => {
    const ended = {
      ...mixed,
      request: { ...mixed.request, status: 'Failed', ended_ms: startMs + 3200, error: 'no\nway' },
    };
    expect(progressChanges(mixed, ended)).toEqual(['request 12: Failed after 3.2 s: no way']);
  });
});

/** A clock that the test moves. */
class TestClock implements Clock {
  now = startMs;
  #sleeper: { readonly atMs: number; readonly wake: () => void } | undefined;

  nowMs(): number {
    return this.now;
  }
  monotonicMs(): number {
    return this.now;
  }
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleeper = { atMs: this.now + delayMs, wake: resolve };
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.#sleeper !== undefined && this.#sleeper.atMs <= end) {
      const { atMs, wake } = this.#sleeper;
      this.#sleeper = undefined;
      this.now = atMs;
      wake();
      for (let turns = 0; turns < 5; turns++) await Promise.resolve();
    }
    this.now = end;
  }
}

describe('the live view on a terminal', () => {
  test('is redrawn in place at most five times a second, and stays when it ends', async () => {
    const screen = new Screen(60, 20);
    const terminal = new Terminal({
      stdout: screen,
      stderr: screen,
      env: { TERM: 'xterm', LANG: 'C.UTF-8' },
      color: true,
    });
    const clock = new TestClock();
    const shown = new ProgressView(terminal, clock);
    shown.start();
    shown.start();
    shown.update(mixed);
    await clock.pass(200);
    const first = screen.shown();
    expect(first).toEqual(progressLines(mixed, { ...options, width: 59, nowMs: clock.now }));
    expect(screen.cursorShown).toBe(false);
    const draws = (): number => screen.written.split('Transforming').length - 1;
    const before = draws();
    for (let index = 0; index < 100; index++) shown.update(mixed);
    await clock.pass(1000);
    expect(draws() - before).toBe(5);
    terminal.say('a word from elsewhere');
    await clock.pass(200);
    expect(screen.shown()).toHaveLength(first.length + 1);
    shown.update({ ...mixed, request: { ...mixed.request, status: 'Finished', ended_ms: startMs + 2000 } });
    await shown.stop();
    await shown.stop();
    expect(screen.shown()[0]).toBe('a word from elsewhere');
    expect(screen.shown()[1]).toBe('user.alice.scan (request 12)  Finished');
    expect(screen.shown()).toHaveLength(first.length + 1);
    expect(screen.cursorShown).toBe(true);
  });

  test('fits a terminal with fewer rows than steps, and one that is resized', async () => {
    const screen = new Screen(50, 10);
    const terminal = new Terminal({ stdout: new Kept(), stderr: screen, env: { TERM: 'xterm' } });
    const clock = new TestClock();
    const shown = new ProgressView(terminal, clock);
    const many = state(
      Array.from({ length: 40 }, (_, id) => task({ id, step: `step${id}`, status: 'running' })),
    );
    shown.update(many);
    shown.start();
    for (const rows of [10, 6, 14]) {
      screen.rows = rows;
      await clock.pass(200);
      // What scrolled away when the terminal shrank cannot be taken back; what can be seen is right.
      const visible = screen.lines.slice(-rows).map((cells) => cells.join(''));
      expect(visible.filter((line) => line.startsWith('user.alice.scan'))).toHaveLength(1);
      expect(visible.filter((line) => line.includes('40 steps done'))).toHaveLength(1);
    }
    await shown.stop();
    expect(screen.shown().filter((line) => line.includes('step39'))).toHaveLength(1);
  });
});

test('without a terminal there is one stamped line for each change and no cursor is moved', async () => {
  const stderr = new Kept();
  const terminal = new Terminal({ stdout: new Kept(), stderr, env: { CI: 'true' } });
  const clock = new TestClock();
  const shown = new ProgressView(terminal, clock);
  shown.start();
  shown.update(state([task({ id: 1, step: 'a' })]));
  await clock.pass(61_000);
  shown.update(state([task({ id: 1, step: 'a', status: 'running', started_ms: clock.now })]));
  shown.update(state([task({ id: 1, step: 'a', status: 'running', started_ms: clock.now })]));
  await shown.stop();
  expect(stderr.written).toBe(
    '20:00:00 request 12 user.alice.scan: Transforming, 1 step\n20:01:01 step a: running (prun, task 1)\n',
  );
});

// What an engine that was lost must know of a search, and the commands to a search. Real kills: test/end-to-end/hpo.test.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import type { SearchSummary } from '../../src/engine/hpo/summary.ts';
import { EngineBench, planOf, type StepText } from '../rigs/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});
afterEach(() => bench.remove());

/** A steering that counts: the next points are the numbers after those that are there. Every evaluation leaves a line. */
const files = {
  'steer.sh': `sleep 0.05
known=$(grep -o '"x"' idds_input.json | wc -l)
echo "[{\\"x\\": $known}, {\\"x\\": $((known + 1))}]" > output.json`,
  'eval.sh': `sleep 0.05
x=$(sed 's/.*"x":\\([0-9]*\\).*/\\1/' input.json)
echo "{\\"loss\\": $x}" > output.json
cp input.json metrics.tgz
echo "$x" >> "$RUNS"`,
};
const step = (more: readonly string[] = []): StepText => ({
  name: 'search',
  type: 'phpo',
  exec: '',
  options: [
    '--evaluationContainer=a',
    '--evaluationExec',
    `RUNS=${join(bench.directory, 'runs')} bash eval.sh`,
    '--steeringExec=bash steer.sh',
    '--evaluationMetrics=metrics.tgz',
    '--nParallelEvaluation=2',
    ...more,
  ],
});
const summary = (id: RequestId): SearchSummary => {
  const found = bench.engine.search(bench.task(id, 'search').id);
  if (found === undefined) throw new Error('no search');
  return found;
};
const runs = (): number[] => {
  const path = join(bench.directory, 'runs');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [];
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('an engine that is lost', () => {
  it('between two failures of a point still gives it three tries in all', async () => {
    const evaluation = `echo x >> ${bench.directory}/runs; exit 1`;
    const failing = step(['--maxPoints=1', '--nPointsPerIteration=1']);
    const options = (failing.options ?? []).map((word) => (word.startsWith('RUNS=') ? evaluation : word));
    const one = { ...files, 'steer.sh': 'echo [{}] > output.json' };
    const id = await bench.submit(planOf('user.alice.h', [{ ...failing, options }]), one);
    const lines = (): number => runs().length;
    for (const tries of [1, 2]) {
      await bench.until(() => lines() >= tries);
      bench.crash();
    }
    expect((await bench.end(id)).status).toBe('Failed');
    expect(lines()).toBe(3);
    expect(summary(id).points[0]).toMatchObject({ status: 'failed', loss: 1e5 });
  });
});

describe('a search', () => {
  const gate = (): string => join(bench.directory, 'go');
  const slow = { ...files, 'steer.sh': `while ! test -e "$GATE"; do sleep 0.02; done\n${files['steer.sh']}` };
  /** The steering waits until the test lets it answer. */
  const gated = (more: readonly string[] = []): StepText => {
    const one = step(more);
    const options = (one.options ?? []).map((word) =>
      word === '--steeringExec=bash steer.sh' ? `--steeringExec=GATE=${gate()} bash steer.sh` : word,
    );
    return { ...one, options };
  };
  const asking = (id: RequestId): Promise<void> => bench.until(() => summary(id).steering.asking);
  const steering = (): boolean => bench.processes('/searches/').length > 0;

  it('is killed with its steering', async () => {
    const id = await bench.submit(planOf('user.alice.h', [gated()]), slow);
    await asking(id);
    await bench.until(steering);
    expect(bench.engine.kill(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Cancelled');
    await bench.until(() => !steering());
    // What was asked for is asked again.
    writeFileSync(gate(), '');
    expect(bench.engine.retry(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points).toHaveLength(10);
  });

  it('is killed with its steering by the next engine, when the one that was asked is lost', async () => {
    const id = await bench.submit(planOf('user.alice.h', [gated()]), slow);
    await asking(id);
    await bench.until(steering);
    bench.engine.commandRequest(id, 'pause');
    bench.crash();
    expect(steering()).toBe(true);
    expect(bench.engine.kill(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Cancelled');
    await bench.until(() => !steering());
  });

  it('is paused, over a crash as well, and goes on', async () => {
    const id = await bench.submit(planOf('user.alice.h', [gated(['--maxPoints=4'])]), slow);
    await asking(id);
    expect(bench.engine.commandRequest(id, 'pause')).toEqual({ done: true });
    bench.crash();
    writeFileSync(gate(), '');
    await bench.until(() => summary(id).points.length === 2);
    await systemClock.sleep(200);
    // The answer that was asked for is kept; nothing is evaluated, and nothing more is asked.
    expect(summary(id)).toMatchObject({ steering: { generations: 1 }, evaluation_jobs: 0 });
    expect(bench.engine.isBusy).toBe(false);
    expect(bench.engine.commandRequest(id, 'resume')).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(runs().sort()).toEqual(upTo(4));
  });

  it('is finished with what it has, and goes on after a retry', async () => {
    writeFileSync(gate(), '');
    const id = await bench.submit(planOf('user.alice.h', [gated(['--maxPoints=30'])]), slow);
    await bench.until(() => runs().length >= 3);
    const task = bench.task(id, 'search').id;
    expect(bench.engine.commandTask(task, 'finish-soft')).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'search').error).toMatch(/^finished by the user with \d+ jobs$/);
    const before = runs().length;
    expect(before).toBeLessThan(30);
    const [file] = bench.engine.files('user.alice.h_000_search_hpo.json') ?? [];
    expect(JSON.parse(readFileSync(file?.path ?? '', 'utf8'))).toMatchObject({ max_points: 30 });
    expect(bench.engine.retry(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points).toHaveLength(30);
    expect(new Set(runs()).size).toBe(30);
    expect(runs().length).toBeLessThanOrEqual(31);
    expect(bench.engine.files('user.alice.h_000_search_hpo.json')).toHaveLength(1);
  });
});

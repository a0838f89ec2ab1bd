// Control verbs in any order, with crashes between them, against a loop: whatever was asked for, what holds always holds, and a
// request that is resumed and retried comes to the same answer as one that nobody touched.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import type { WorkCommand } from '../../src/engine/api.ts';
import { isFinalJob, isFinalRequest, isFinalTask } from '../../src/engine/records.ts';
import { EngineBench } from '../rigs/engine-bench.ts';
import { document, junction, leaf, loop, part, planLoops } from '../rigs/loop-workflow.ts';

const pause = 'sleep 0.02; ';
const plan = planLoops({
  'main.cwl': document(
    '',
    'end/outDS',
    leaf('start', `${pause}echo %RNDM:1 > out.txt`, { args: '--outputs out.txt --nJobs 2' }),
    part('rounds', 'body.cwl', 'dataset: start/outDS', loop),
    leaf('end', `${pause}cat $(echo %IN | tr , " ") > out.txt`, { inputs: 'opt_inDS: rounds/outDS' }),
  ),
  'body.cwl': document(
    'dataset: string, param_x: {type: int, default: 1}',
    'work/outDS',
    leaf('work', `${pause}echo $((%{x} * $(cat %IN))) > out.txt`, {
      inputs: 'opt_inDS: dataset',
      args: '--outputs out.txt --nFilesPerJob 1',
    }),
    junction(
      'decide',
      `${pause}echo {\\"x\\": $((%{x} * 2)), \\"to_continue\\": $(test %{i} -lt 3 && echo true || echo false)} > results.json`,
      'opt_inDS: work/outDS',
    ),
  ),
});
const answer = ['4\n8'];

/** What the commands have led to, as far as it can be told from them alone. */
interface Model {
  /** Job and attempt of everything that had begun when the request was paused; `undefined`: it is not. */
  begunAtPause: ReadonlySet<string> | undefined;
}

interface Real {
  readonly bench: EngineBench;
  readonly id: RequestId;
}

type Step = fc.AsyncCommand<Model, Real>;

function attempts({ bench, id }: Real): ReadonlySet<string> {
  const jobs = bench.engine.tasks(id).flatMap((task) => bench.engine.jobs(task.id));
  return new Set(jobs.filter((job) => job.attempt > 0).map((job) => `${job.id}.${job.attempt}`));
}

/** What holds at every moment. */
function checkAlways(model: Model, real: Real): void {
  const { bench, id } = real;
  const { engine } = bench;
  const tasks = engine.tasks(id);
  const running = tasks.flatMap((task) => engine.jobs(task.id)).filter((job) => job.status === 'running');
  expect(running.length).toBeLessThanOrEqual(bench.parallelJobs);
  const request = engine.request(id);
  if (isFinalRequest(request?.status ?? 'New')) {
    expect(tasks.filter((task) => !isFinalTask(task.status))).toEqual([]);
    expect(tasks.flatMap((task) => engine.jobs(task.id)).filter((job) => !isFinalJob(job.status))).toEqual(
      [],
    );
  }
  // Iterations come one after the other, and each begins with what the one before it decided.
  const iterations = engine.iterations(id);
  expect(iterations.map((one) => one.iteration)).toEqual(iterations.map((_, index) => String(index + 1)));
  expect(iterations.map((one) => one.parameters['x'])).toEqual(iterations.map((_, index) => 2 ** index));
  for (const one of iterations.slice(0, -1)) expect(one.outcome).toBe('next');
  // What a task made belongs to jobs of it that finished, and nothing is there twice.
  for (const dataset of engine.datasets(id)) {
    const files = engine.files(dataset.name, id) ?? [];
    expect(new Set(files.map((file) => file.name)).size).toBe(files.length);
  }
  if (model.begunAtPause !== undefined) {
    const { begunAtPause } = model;
    expect([...attempts(real)].filter((one) => !begunAtPause.has(one))).toEqual([]);
  }
  expect(bench.log.filter((line) => line.startsWith('fatal'))).toEqual([]);
}

function step(name: string, run: (model: Model, real: Real) => void | Promise<void>): Step {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real);
      checkAlways(model, real);
    },
    toString: () => name,
  };
}

const verbs: readonly WorkCommand[] = ['kill', 'finish', 'finish-soft', 'pause', 'resume'];

const toRequest = fc.constantFrom(...verbs).map((verb) =>
  step(`${verb} the request`, (model, real) => {
    const { done } = real.bench.engine.commandRequest(real.id, verb);
    if (done && verb === 'pause' && model.begunAtPause === undefined) model.begunAtPause = attempts(real);
    if (done && verb !== 'pause') model.begunAtPause = undefined;
  }),
);

/** Commands to one task end the time in which nothing may begin: only that of the whole request is known. */
const toTask = fc.tuple(fc.constantFrom(...verbs), fc.nat(12)).map(([verb, index]) =>
  step(`${verb} task ${index}`, (model, { bench, id }) => {
    const tasks = bench.engine.tasks(id);
    const task = tasks[index % tasks.length];
    if (task === undefined) return;
    if (bench.engine.commandTask(task.id, verb).done && verb !== 'pause') model.begunAtPause = undefined;
  }),
);

const retryRequest = fc.constant(
  step('retry the request', (model, { bench, id }) => {
    if (bench.engine.retry(id)) model.begunAtPause = undefined;
  }),
);

const retryTask = fc.nat(12).map((index) =>
  step(`retry task ${index}`, (model, { bench, id }) => {
    const tasks = bench.engine.tasks(id);
    const task = tasks[index % tasks.length];
    if (task !== undefined && bench.engine.retryTask(task.id, { splitting: {} }).done)
      model.begunAtPause = undefined;
  }),
);

const crash = fc.constant(step('crash', (_model, { bench }) => bench.crash()));

const wait = fc
  .integer({ min: 1, max: 150 })
  .map((ms) => step(`wait ${ms} ms`, () => new Promise<void>((done) => setTimeout(done, ms))));

describe('control verbs in any order', () => {
  it('keep what always holds, and do not change the answer in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands([toRequest, toTask, retryRequest, retryTask, crash, wait, wait], { maxCommands: 12 }),
        async (commands) => {
          const bench = new EngineBench(3);
          try {
            const id = await bench.submit(plan);
            const real = { bench, id };
            const model: Model = { begunAtPause: undefined };
            await fc.asyncModelRun(() => ({ model, real }), commands);
            for (let round = 0; bench.engine.request(id)?.status !== 'Finished'; round++) {
              expect(round).toBeLessThan(5);
              bench.engine.commandRequest(id, 'resume');
              await bench.end(id);
              if (bench.engine.request(id)?.status !== 'Finished') expect(bench.engine.retry(id)).toBe(true);
            }
            checkAlways({ begunAtPause: undefined }, real);
            const files = bench.engine.files('user.alice.t_004_end_out.txt/', id) ?? [];
            expect(files.map((file) => readFileSync(file.path, 'utf8').trim())).toEqual(answer);
          } finally {
            bench.remove();
          }
        },
      ),
      { numRuns: Number(process.env['PCHAIN_MODEL_RUNS'] ?? '15'), seed: 20, endOnFailure: true },
    );
  }, 600_000);
});

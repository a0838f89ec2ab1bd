// Searches, run for real: a steering asks, jobs evaluate, metrics become a dataset.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import type { SearchSummary } from '../../src/engine/hpo/summary.ts';
import { document, junction, loop, part, planLoops } from '../rigs/loop-workflow.ts';
import { EngineBench, planOf, type StepText } from '../rigs/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});
afterEach(() => bench.remove());

/** Loss (x - 3)², by sed and awk from `{"x": …}`. */
const parabola = `x=$(sed 's/.*"x":\\([-0-9.e]*\\).*/\\1/' input.json)
awk -v x="$x" 'BEGIN { printf "{\\"status\\": 0, \\"loss\\": %.9f}", (x - 3) * (x - 3) }' > output.json`;
const space = { x: { type: 'Scalar', bounds: [0, 10] } };
const files = { 'space.json': JSON.stringify(space), 'eval.sh': parabola };

const search = (extra: readonly string[] = [], exec = 'bash eval.sh'): StepText => ({
  name: 'search',
  type: 'phpo',
  exec: '',
  options: [
    '--evaluationContainer=docker://example.org/eval:1',
    '--evaluationExec',
    exec,
    '--steeringContainer=example.org/steer:1',
    '--steeringExec=python steer.py %IN %OUT %NUM_POINTS %MAX_POINTS',
    '--searchSpaceFile=space.json',
    ...extra,
  ],
});
const summary = (id: RequestId): SearchSummary => {
  const found = bench.engine.search(bench.task(id, 'search').id);
  if (found === undefined) throw new Error('no search');
  return found;
};
const names = (dataset: string): string[] => (bench.engine.files(dataset) ?? []).map((file) => file.name);
/** A step without an image whose steering is a command of this machine. */
const steered = (exec: string, extra: readonly string[] = [], evaluation?: string): StepText => {
  const step = search(extra, evaluation);
  const options = (step.options ?? []).filter((word) => !word.startsWith('--steering'));
  return { ...step, options: [...options, `--steeringExec=${exec}`] };
};

describe('a search', () => {
  it('finds the minimum with the built-in model, and says that it stands in for the steering', async () => {
    const plan = planOf('user.alice.h', [search(['--maxPoints=14', '--nParallelEvaluation=2'])]);
    const id = await bench.submit(plan, files);
    expect((await bench.end(id)).status).toBe('Finished');
    const found = summary(id);
    expect(found.points).toHaveLength(14);
    expect(found.points.every((point) => point.status === 'evaluated')).toBe(true);
    expect(found.best?.loss).toBeLessThan(0.1);
    expect(found.steering).toMatchObject({ is_local_approximation: true, generations: 7, error: null });
    expect(found.steering.by).toMatch(
      /^local approximation by a Gaussian process .*`example\.org\/steer:1` cannot be run/,
    );
    const [file] = bench.engine.files('user.alice.h_000_search_hpo.json') ?? [];
    expect(JSON.parse(readFileSync(file?.path ?? '', 'utf8'))).toEqual({
      task: 'user.alice.h_000_search',
      ...found,
    });
  });

  it('is the same again with the same seed, and another with another', async () => {
    const points = async (seed: number): Promise<unknown[]> => {
      const plan = planOf('user.alice.h', [search(['--maxPoints=6'])]);
      const id = await bench.submit(plan, files, {}, undefined, { seed });
      await bench.end(id);
      return summary(id).points.map((point) => point.point);
    };
    const first = await points(7);
    expect(await points(7)).toEqual(first);
    expect(await points(8)).not.toEqual(first);
  });

  it('takes at most so many points as the user wants on this machine', async () => {
    const id = await bench.submit(planOf('user.alice.h', [search()]), files, {}, undefined, {
      scale: 3,
      steering: 'grid',
    });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points.map((point) => point.point['x'])).toEqual(
      expect.arrayContaining([0, 5, 10]) as unknown,
    );
  });

  it('hands its metrics on, under the name that PanDA asks for, and its summary', async () => {
    const evaluation = 'bash eval.sh; cp input.json metrics.tgz';
    const plan = planOf('user.alice.h', [
      {
        ...search(['--maxPoints=3', '--evaluationMetrics=metrics.tgz'], evaluation),
        outputs: ['metrics.tgz'],
      },
      { name: 'after', exec: 'echo %IN > out.txt', inputs: ['search'] },
      {
        name: 'best',
        exec: 'cp %IN out.txt',
        after: ['search'],
        externalInputs: ['user.alice.h_000_search_hpo.json/'],
      },
    ]);
    const id = await bench.submit(plan, files);
    expect((await bench.end(id)).status).toBe('Finished');
    const task = bench.task(id, 'search').id;
    const metrics = [0, 1, 2].map((point) => `${task}.metrics.00001.tgz_${point}`);
    expect(names('user.alice.h_000_search')).toEqual(metrics);
    expect(names('user.alice.h_000_search_metrics.tgz/')).toEqual(metrics);
    const [list] = bench.engine.files('user.alice.h_001_after_out.txt') ?? [];
    expect(
      readFileSync(list?.path ?? '', 'utf8')
        .trim()
        .split(','),
    ).toEqual(metrics);
    const [best] = bench.engine.files('user.alice.h_002_best_out.txt') ?? [];
    expect(JSON.parse(readFileSync(best?.path ?? '', 'utf8'))).toMatchObject({ max_points: 3 });
  });

  it('gives every evaluation all training data of its parent', async () => {
    const evaluation = `grep -q '\\["user.*","user.*"\\]' input_ds.json && cat $(echo %IN_DATA | tr , ' ') && bash eval.sh`;
    const plan = planOf('user.alice.h', [
      { name: 'top', exec: 'echo %RNDM:0 > out.txt', args: '--nJobs 2' },
      { ...search(['--maxPoints=2'], evaluation), inputs: ['top'] },
    ]);
    const id = await bench.submit(plan, files);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points).toHaveLength(2);
  });

  it('is refused when it can make no points', async () => {
    const plan = planOf('user.alice.h', [search(['--minUnevaluatedPoints=2'])]);
    await expect(bench.submit(plan, files)).rejects.toThrow(
      'step `search` cannot be run: no new points are ever made: `--minUnevaluatedPoints` is 2, and `--nPointsPerIteration` only 2',
    );
    await expect(bench.submit(planOf('user.alice.h', [search()]), {})).rejects.toThrow(
      '`--searchSpaceFile` names `space.json`, which is missing',
    );
  });
});

describe('evaluations', () => {
  it('are tried three times; then the steering sees the loss of a failure', async () => {
    const evaluation = `echo x >> ${bench.directory}/tries; echo '{"status": 3, "message": "diverged"}' > output.json`;
    const id = await bench.submit(planOf('user.alice.h', [search(['--maxPoints=1'], evaluation)]), files);
    expect((await bench.end(id)).status).toBe('Failed');
    expect(summary(id).points).toMatchObject([{ status: 'failed', loss: 1e5 }]);
    expect(readFileSync(join(bench.directory, 'tries'), 'utf8')).toBe('x\nx\nx\n');
    expect(bench.jobs(id, 'search')[0]?.error).toBe(
      'the evaluation says status 3 in `output.json`: diverged',
    );
  });

  it.each([
    ['echo NaN', '`output.json` is not JSON: it holds `NaN`'],
    [`echo '{"status": 0, "loss": NaN}'`, '`output.json` is not JSON: it holds `NaN`'],
    [`echo '{"status": 0}'`, '`output.json` has no `loss`'],
    [`echo '{"loss": "0.3"}'`, 'the `loss` in `output.json` is "0.3", not a number'],
    ['true', '`output.json` is empty'],
  ])('say what is wrong with the result of %s', async (says, error) => {
    const plan = planOf('user.alice.h', [search(['--maxPoints=1'], `${says} > output.json`)]);
    const id = await bench.submit(plan, files);
    await bench.end(id);
    expect(bench.jobs(id, 'search')[0]?.error).toBe(error);
  });

  it('that failed are evaluated again by a retry, and no other', async () => {
    const evaluation = `echo x >> ${bench.directory}/runs; test -e ${bench.directory}/go || grep -q '"x":0' input.json && bash eval.sh`;
    const plan = planOf('user.alice.h', [search(['--maxPoints=2', '--nParallelEvaluation=2'], evaluation)]);
    const id = await bench.submit(plan, files, {}, undefined, { steering: 'grid' });
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(summary(id).points.map((point) => [point.status, point.loss])).toEqual([
      ['evaluated', 9],
      ['failed', 1e5],
    ]);
    writeFileSync(join(bench.directory, 'go'), '');
    expect(bench.engine.retry(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points.map((point) => point.loss)).toEqual([9, 49]);
    expect(readFileSync(join(bench.directory, 'runs'), 'utf8').trim().split('\n')).toHaveLength(5);
  });

  it('go on from the last checkpoint when they are tried again', async () => {
    const evaluation = `n=$(cat state 2> /dev/null || echo 0); echo $((n + 1)) > state
if test "$n" -ge 1; then bash eval.sh; else sleep 2.5; exit 1; fi`;
    const options = ['--maxPoints=1', '--checkPointToSave=state,absent'];
    const id = await bench.submit(
      planOf('user.alice.h', [
        { ...search(options, evaluation), options: [...(search(options, evaluation).options ?? [])] },
      ]),
      files,
      {},
      undefined,
      { checkpointSeconds: 1 },
    );
    expect((await bench.end(id)).status).toBe('Finished');
    expect(bench.jobs(id, 'search')[0]?.attempt).toBe(2);
  }, 30_000);

  it('may find their last checkpoint as one tar, under the name that the user wants', async () => {
    const evaluation = `if test -e saved.tgz; then tar -xzf saved.tgz && test "$(cat state)" = 7 && bash eval.sh
else echo 7 > state; sleep 2.5; exit 1; fi`;
    const options = ['--maxPoints=1', '--checkPointToSave=state', '--checkPointToLoad=saved.tgz'];
    const plan = planOf('user.alice.h', [search(options, evaluation)]);
    const id = await bench.submit(plan, files, {}, undefined, { checkpointSeconds: 1 });
    expect((await bench.end(id)).status).toBe('Finished');
  }, 30_000);

  it('say more of themselves in their metadata', async () => {
    const evaluation = `echo '{"epochs": 3}' > meta.json; bash eval.sh`;
    const plan = planOf('user.alice.h', [
      search(['--maxPoints=1', '--evaluationMeta=meta.json'], evaluation),
    ]);
    const id = await bench.submit(plan, files);
    await bench.end(id);
    const metadata = bench.engine.jobMetadata(bench.task(id, 'search').id);
    expect([...metadata.values()]).toEqual([{ epochs: 3 }]);
  });

  it('stop when as many jobs were used as the user allows', async () => {
    const options = ['--maxPoints=6', '--maxPointsPerEvaluationJob=2', '--maxEvaluationJobs=2'];
    const id = await bench.submit(planOf('user.alice.h', [search(options)]), files);
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'search').error).toBe(
      'stopped after 2 evaluation jobs (`--maxEvaluationJobs`): 2 of 6 points were not evaluated',
    );
    expect(summary(id)).toMatchObject({ evaluation_jobs: 2 });
  });
});

describe('a steering that is a command', () => {
  it('is given all points so far, and asked as often as points are missing', async () => {
    const steer = `cp %IN ${bench.directory}/seen.$(ls ${bench.directory} | grep -c seen); echo %NUM_POINTS %MAX_POINTS >> ${bench.directory}/asked; echo [{\\"x\\":1},{\\"x\\":2}] > %OUT`;
    const id = await bench.submit(planOf('user.alice.h', [steered(steer, ['--maxPoints=4'])]), files);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(readFileSync(join(bench.directory, 'asked'), 'utf8')).toBe('2 4\n2 4\n');
    expect(JSON.parse(readFileSync(join(bench.directory, 'seen.0'), 'utf8'))).toEqual({
      points: [],
      opt_space: space,
    });
    expect(JSON.parse(readFileSync(join(bench.directory, 'seen.1'), 'utf8'))).toEqual({
      points: [
        [{ x: 1 }, 4],
        [{ x: 2 }, 1],
      ],
      opt_space: space,
    });
    expect(summary(id).steering).toMatchObject({
      by: 'the command of the steering, on this machine',
      is_local_approximation: false,
    });
  });

  it('ends the search with an empty list', async () => {
    const steer = `test -e ${bench.directory}/once && echo [] > %OUT || { touch ${bench.directory}/once; echo [{\\"x\\":1}] > %OUT; }`;
    const id = await bench.submit(planOf('user.alice.h', [steered(steer)]), files);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points).toHaveLength(1);
  });

  it.each([
    ['echo oops >&2; exit 7', 'the steering ended with status 7: oops'],
    ['true', 'the steering left no `output.json`'],
    ['echo [NaN] > %OUT', "the steering's `output.json` is not JSON: it holds `NaN`"],
    ['echo {} > %OUT', "the steering's `output.json` holds an object instead of a list of points"],
    ['echo [{},{},{}] > %OUT', "the steering's `output.json` holds 3 points, and only 2 were asked for"],
    [
      'echo [1] > %OUT',
      'the steering\'s point 1 of `output.json` is a number instead of an object like `{"x": 0.7}`',
    ],
  ])('that does %s is tried three times and given up', async (steer, error) => {
    const counted = `echo x >> ${bench.directory}/tries; ${steer}`;
    const id = await bench.submit(planOf('user.alice.h', [steered(counted)]), files);
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.task(id, 'search').error).toBe(`no more points: ${error} (3 times)`);
    expect(readFileSync(join(bench.directory, 'tries'), 'utf8')).toBe('x\nx\nx\n');
  });

  it('goes on after a retry where it had failed', async () => {
    const steer = `test -e ${bench.directory}/go || grep -q '"points":\\[\\]' %IN && echo [{\\"x\\":1},{\\"x\\":2}] > %OUT`;
    const id = await bench.submit(planOf('user.alice.h', [steered(steer, ['--maxPoints=4'])]), files);
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(summary(id).points).toHaveLength(2);
    writeFileSync(join(bench.directory, 'go'), '');
    bench.engine.retry(id);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(summary(id).points).toHaveLength(4);
  });
});

describe('segments', () => {
  const segmented = {
    ...files,
    'segments.json': JSON.stringify([
      { name: 'A', files: ['a.txt'] },
      { name: 'B', datasets: ['user.alice.b'] },
    ]),
  };

  it('each have their points, their files and their names', async () => {
    const evaluation = `echo %SEGMENT_NAME $(cat input_ds.json) > metrics.tgz; bash eval.sh`;
    const options = ['--segmentSpecFile=segments.json', '--maxPoints=2', '--evaluationMetrics=metrics.tgz'];
    const plan = planOf('user.alice.h', [
      { ...search(options, evaluation), externalInputs: ['user.alice.in'] },
    ]);
    const id = await bench.submit(plan, segmented, {
      'user.alice.in': bench.files({ 'a.txt': 'a', 'c.txt': 'c' }),
      'user.alice.b': bench.files({ 'b.txt': 'b' }),
    });
    expect((await bench.end(id)).status).toBe('Finished');
    const found = summary(id);
    expect(found.points.map((point) => point.segment).sort()).toEqual(['A', 'A', 'B', 'B']);
    expect(found.best_of_segments).toHaveLength(2);
    const texts = (bench.engine.files('user.alice.h_000_search') ?? []).map((file) => [
      file.name.replace(/\.\d{8}\.metrics\.\d{5}\.tgz_\d/, ''),
      readFileSync(file.path, 'utf8').trim(),
    ]);
    expect(texts).toEqual([
      ['A', 'A ["a.txt"]'],
      ['A', 'A ["a.txt"]'],
      ['B', 'B ["b.txt"]'],
      ['B', 'B ["b.txt"]'],
    ]);
  });

  it('are told apart by the steering with the number of their model', async () => {
    const steer = `cp %IN ${bench.directory}/seen; echo '[[0,{"x":1}],[1,{"x":2}]]' > %OUT`;
    const options = ['--segmentSpecFile=segments.json', '--maxPoints=2', '--nPointsPerIteration=2'];
    const plan = planOf('user.alice.h', [{ ...steered(steer, options), externalInputs: ['user.alice.in'] }]);
    const id = await bench.submit(plan, segmented, {
      'user.alice.in': bench.files({ 'a.txt': 'a' }),
      'user.alice.b': bench.files({ 'b.txt': 'b' }),
    });
    await bench.end(id);
    expect(JSON.parse(readFileSync(join(bench.directory, 'seen'), 'utf8'))).toEqual({
      points: [
        [[0, { x: 1 }], 4],
        [[1, { x: 2 }], 1],
      ],
      opt_space: [
        { model_id: 0, search_space: space },
        { model_id: 1, search_space: space },
      ],
    });
  });
});

it('is a search of its own in every iteration of a loop, whose junction reads the summary', async () => {
  const body = document(
    'param_n: {type: int, default: 0}',
    'decide/outDS',
    '  search: {run: phpo, in: {opt_args: {default: "--loadJson search.json"}}, out: [outDS]}\n',
    junction(
      'decide',
      `grep -q '"max_points": 2' $(echo %IN) && test %{i} -lt 3 && go=true || go=false; echo {\\"n\\": %{i}, \\"to_continue\\": $go} > results.json`,
      'opt_inDS: search/outDS, opt_inDsType: {default: hpo.json}',
    ),
  );
  const documents = {
    'main.cwl': document(
      'param_n: {type: int, default: 0}',
      'rounds/outDS',
      part('rounds', 'body.cwl', 'param_n: param_n', loop),
    ),
    'body.cwl': body,
  };
  const options = {
    steeringExec: 'run steer %IN %OUT %NUM_POINTS %MAX_POINTS',
    evaluationContainer: 'docker://example.org/eval:1',
    evaluationExec: 'bash eval.sh',
    searchSpaceFile: 'space.json',
    maxPoints: 2,
  };
  const id = await bench.submit(planLoops(documents), { ...files, 'search.json': JSON.stringify(options) });
  expect((await bench.end(id)).status).toBe('Finished');
  const searches = bench.engine.tasks(id).filter((task) => task.type === 'phpo');
  expect(searches.map((task) => [task.iteration, task.status])).toEqual([
    ['1', 'done'],
    ['2', 'done'],
    ['3', 'done'],
  ]);
  for (const task of searches) expect(bench.engine.search(task.id)?.points).toHaveLength(2);
});

it('runs Monte Carlo toys: the last point is the limit', async () => {
  const step = search(['--maxPoints=4'], `echo '{"loss": 0}' > output.json`);
  const options = (step.options ?? []).filter((word) => !/^--(steeringContainer|searchSpaceFile)/.test(word));
  const plan = planOf('user.alice.h', [
    { ...step, options: [...options, '--steeringContainer=example.org/toymc'] },
  ]);
  const id = await bench.submit(plan, {});
  expect((await bench.end(id)).status).toBe('Finished');
  const types = summary(id).points.map((point) => point.point['point_type']);
  expect(types).toEqual(['toy', 'toy', 'toy', 'stat']);
});

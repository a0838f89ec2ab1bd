// Loops on the embedded engine: what each iteration reads and makes, what a junction may decide, and what comes after.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import { EngineBench } from '../rigs/engine-bench.ts';
import { document, junction, leaf, loop, part, planLoops } from '../rigs/loop-workflow.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench(4);
});
afterEach(() => bench.remove());

/** What every task made: `step@iteration` -> its files, in the order of the tasks. */
function made(id: RequestId): Record<string, readonly string[]> {
  return Object.fromEntries(
    bench.engine.tasks(id).map((task) => {
      const datasets = bench.engine.datasets(id).filter((dataset) => dataset.taskId === task.id);
      const files = datasets.flatMap((dataset) => bench.engine.files(dataset.name, id) ?? []);
      const texts = files.map((file) => readFileSync(file.path, 'utf8').trim());
      return [`${task.stepName}${task.iteration === '' ? '' : `@${task.iteration}`}`, texts];
    }),
  );
}

function outcomes(id: RequestId): readonly string[] {
  return bench.engine
    .tasks(id)
    .map((task) => `${task.stepName}@${task.iteration} ${task.skipped ? 'skipped' : task.status}`);
}

/** A body that adds 1 to `x` until it is `until`. */
const counting = (until: number): string =>
  document(
    'dataset: string, param_x: {type: int, default: 0}, param_note: {type: string, default: none}',
    'work/outDS',
    leaf('work', "echo x=%{x} i=%{i} note='%{note}' from $(cat %IN) > out.txt", {
      inputs: 'opt_inDS: dataset',
    }),
    junction(
      'decide',
      `test %{x} -lt ${until} && go=true || go=false; echo {\\"x\\": $((%{x} + 1)), \\"note\\": \\"after %{i}\\", \\"to_continue\\": $go} > results.json`,
      'opt_inDS: work/outDS',
    ),
  );

const around = (inputs = ''): string =>
  document(
    '',
    'end/outDS',
    leaf('start', 'echo seed > out.txt'),
    part('rounds', 'body.cwl', `dataset: start/outDS${inputs}`, loop),
    leaf('end', 'cat %IN > out.txt; echo of %IN >> out.txt', { inputs: 'opt_inDS: rounds/outDS' }),
  );

describe('a loop', () => {
  it('begins an iteration after the other with the parameters of its junction, and hands on the last', async () => {
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': counting(2) }));
    expect((await bench.end(id)).status).toBe('Finished');
    // Each task came into being with its own iteration, when the one before had decided.
    const tasks = bench.engine.tasks(id);
    const first = tasks.find(({ stepName, iteration }) => stepName === 'decide' && iteration === '1');
    const second = tasks.find(({ stepName, iteration }) => stepName === 'work' && iteration === '2');
    expect(first?.createdMs).toBe(bench.engine.request(id)?.createdMs);
    expect(second?.createdMs).toBeGreaterThanOrEqual(first?.endedMs ?? Infinity);
    const all = made(id);
    expect(all['work@1']).toEqual(['x=0 i=1 note=none from seed']);
    expect(all['work@2']).toEqual(['x=1 i=2 note=after 1 from seed']);
    expect(all['work@3']).toEqual(['x=2 i=3 note=after 2 from seed']);
    expect(all['end']?.[0]).toMatch(
      /^x=2 i=3 note=after 2 from seed\nof user\.alice\.\d+\._000001\.out\.txt$/,
    );
    // Iterations are named as iDDS names them, and every dataset of each stays.
    expect(bench.engine.datasets(id).map((dataset) => dataset.name)).toEqual(
      expect.arrayContaining([
        'user.alice.t_001_work.1_out.txt/',
        'user.alice.t_001_work.2_out.txt/',
        'user.alice.t_001_work.3_out.txt/',
        'user.alice.t_002_decide.3_results.json/',
      ]),
    );
    expect(outcomes(id)).toEqual([
      'start@ done',
      'work@1 done',
      'decide@1 done',
      'work@2 done',
      'decide@2 done',
      'work@3 done',
      'decide@3 done',
      'end@ done',
    ]);
  });

  it('runs its body once when the junction says no more, says nothing of it, or leaves no file', async () => {
    for (const exec of [`echo '{"to_continue": false}' > results.json`, `echo '{}' > results.json`, 'true']) {
      const body = document(
        'dataset: string',
        'work/outDS',
        leaf('work', 'echo %{i} > out.txt', { inputs: 'opt_inDS: dataset' }),
        junction('decide', exec, 'opt_inDS: work/outDS'),
      );
      const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': body }));
      expect((await bench.end(id)).status).toBe('Finished');
      expect(made(id)['end']?.[0]).toMatch(/^1\n/);
      const note = bench.task(id, 'decide').error;
      if (exec === 'true')
        expect(note).toBe('it left no `results.json`, so the loop ended after iteration 1');
      else expect(note).toBeUndefined();
    }
  });

  it('says what is odd about results without stopping, as PanDA ignores it', async () => {
    const body = document(
      'dataset: string, param_x: {type: int, default: 0}',
      'work/outDS',
      leaf('work', 'echo %{x} > out.txt', { inputs: 'opt_inDS: dataset' }),
      junction(
        'decide',
        'echo {\\"x\\": \\"much\\", \\"y\\": 1, \\"to_continue\\": $(test %{i} = 1 && echo true || echo false)} > results.json',
        'opt_inDS: work/outDS',
      ),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': body }));
    expect((await bench.end(id)).status).toBe('Finished');
    expect(made(id)['work@2']).toEqual(['much']);
    expect(bench.task(id, 'decide').error).toBe(
      '`x` in `results.json` is a text; it was a number before; ' +
        '`y` in `results.json` is no parameter of the loop (`x`), so it changed nothing',
    );
  });

  it.each([
    ['echo { | tee results.json', "the junction's `results.json` is no JSON: `{`"],
    ['touch results.json', "the junction's `results.json` is empty"],
    ['echo [1] > results.json', "the junction's `results.json` must be a JSON object, not a list"],
    [
      'echo \'{"x": NaN}\' | tee results.json',
      "the junction's `results.json` is no JSON: it has `NaN` or `Infinity`",
    ],
    [
      'echo \'{"to_continue": "false"}\' > results.json',
      "the junction's `results.json` has `to_continue` as a text; it must be `true` or `false`",
    ],
  ])('fails the junction for %s, and what waits for the loop is not run', async (exec, error) => {
    const body = document(
      'dataset: string, param_x: {type: int, default: 0}',
      'decide/outDS',
      junction('decide', exec, 'opt_inDS: dataset').replace('out: []', 'out: [outDS]'),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': body }));
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.jobs(id, 'decide')[0]?.error).toBe(error);
    expect(bench.task(id, 'end').error).toBe('not run: `decide` failed');
  });

  it('goes on over a failure in its body when the junction says so, and tells of it at the end', async () => {
    const body = document(
      'dataset: string',
      'work/outDS',
      leaf('side', 'test %{i} != 1 && echo > out.txt', { inputs: 'opt_inDS: dataset' }),
      leaf('work', 'echo %{i} > out.txt', { inputs: 'opt_inDS: dataset' }),
      junction(
        'decide',
        'echo {\\"to_continue\\": $(test %{i} = 1 && echo true || echo false)} > results.json',
        'opt_inDS: work/outDS',
      ),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': body }));
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(outcomes(id)).toContain('side@1 failed');
    expect(outcomes(id)).toContain('side@2 done');
    expect(made(id)['end']?.[0]).toMatch(/^2\n/);
  });

  it('ends with a failure before its junction, and a retry goes on from there', async () => {
    const gate = `${bench.directory}/gate`;
    const body = counting(2).replace('echo x=', `test %{i} != 2 -o -e ${gate} && echo x=`);
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': body }));
    expect((await bench.end(id)).status).toBe('Failed');
    expect(outcomes(id)).toEqual([
      'start@ done',
      'work@1 done',
      'decide@1 done',
      'work@2 failed',
      'decide@2 aborted',
      'end@ aborted',
    ]);
    writeFileSync(gate, '');
    expect(bench.engine.retry(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(made(id)['end']?.[0]).toMatch(/^x=2 i=3/);
    const first = bench.engine.tasks(id).filter((task) => task.iteration === '1');
    expect(first.flatMap((task) => bench.engine.jobs(task.id)).map((job) => job.attempt)).toEqual([1, 1]);
  });

  it('begins later iterations anew when an earlier one has to decide again', async () => {
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': counting(2) }));
    await bench.end(id);
    const before = bench.engine.tasks(id);
    const first = before.find((task) => task.stepName === 'work' && task.iteration === '1');
    const [file] = bench.engine.files('user.alice.t_001_work.1_out.txt', id) ?? [];
    if (first === undefined || file === undefined) throw new Error('nothing was made');
    rmSync(file.path);
    expect(bench.engine.recoverLostFiles(first.id, false)).toMatchObject({ done: true, lost: [file.name] });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(made(id)['end']?.[0]).toMatch(/^x=2 i=3 note=after 2 from seed/);
    expect(bench.engine.iterations(id).map((one) => one.iteration)).toEqual(['1', '2', '3']);
    const again = bench.engine.tasks(id);
    // The first iteration is the one that was; what it led to is new.
    expect(again.filter((task) => task.iteration === '1').map((task) => task.id)).toEqual(
      before.filter((task) => task.iteration === '1').map((task) => task.id),
    );
    const old = new Set(before.filter((task) => Number(task.iteration) > 1).map((task) => task.id));
    expect(again.filter((task) => old.has(task.id))).toEqual([]);
  });

  it('ends with a clear word after as many iterations as it may have, and goes on when asked again', async () => {
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': counting(5) }), {}, {}, 3);
    expect((await bench.end(id)).status).toBe('SubFinished');
    const last = bench.engine.tasks(id).findLast((task) => task.stepName === 'decide');
    expect(last).toMatchObject({ iteration: '3', status: 'finished' });
    expect(last?.error).toBe(
      'the loop was ended after 3 iterations, the most that may run here (`--max-iterations`); its junction asked for more',
    );
    expect(made(id)['end']?.[0]).toMatch(/^x=2 i=3/);
  });
});

describe('loops and scatter', () => {
  it('gives every copy of a scattered loop its own parameters and iterations', async () => {
    const main = document(
      'targets: {type: "int[]", default: [1, 3]}, param_starts: {type: "int[]", default: [10, 20]}',
      'end/outDS',
      leaf('start', 'echo seed > out.txt'),
      part(
        'rounds',
        'body.cwl',
        'dataset: start/outDS, param_until: targets, param_x: param_starts',
        'scatter: [param_until, param_x]',
        'scatterMethod: dotproduct',
        loop,
      ),
      leaf('end', 'cat $(echo %IN | tr , " ") > out.txt', {
        inputs: 'opt_inDS: rounds/outDS',
        args: '--outputs out.txt --nFilesPerJob 10',
      }),
    );
    const body = document(
      'dataset: string, param_until: {type: int, default: 9}, param_x: {type: int, default: 0}',
      'work/outDS',
      leaf('work', 'echo x=%{x} i=%{i} > out.txt', { inputs: 'opt_inDS: dataset' }),
      junction(
        'decide',
        'echo {\\"x\\": $((%{x} + 1)), \\"to_continue\\": $(test %{i} -lt %{until} && echo true || echo false)} > results.json',
        'opt_inDS: work/outDS',
      ),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': main, 'body.cwl': body }));
    expect((await bench.end(id)).status).toBe('Finished');
    expect(made(id)['end']).toEqual(['x=10 i=1\nx=22 i=3']);
    const steps = bench.engine.tasks(id).filter((task) => task.stepName === 'work');
    expect(steps.map((task) => `${task.stepId}@${task.iteration}`)).toEqual(['1@1', '4@1', '4@2', '4@3']);
  });

  it('cuts the lists that a junction writes for the copies in the body anew in every iteration', async () => {
    const main = document('', 'rounds/outDS', part('rounds', 'body.cwl', 'dataset: {default: none}', loop));
    const body = document(
      'dataset: {type: string, default: none}, param_points: {type: "int[]", default: [1, 2]}, param_scale: {type: int, default: 1}',
      'scan/outDS',
      part(
        'scan',
        'point.cwl',
        'param_point: param_points, param_scale: param_scale',
        'scatter: [param_point]',
        'scatterMethod: dotproduct',
      ),
      junction(
        'decide',
        'echo {\\"points\\": [$((%{i} * 10)), 7], \\"scale\\": 5, \\"to_continue\\": $(test %{i} -lt 2 && echo true || echo false)} > results.json',
        'opt_inDS: scan/outDS',
      ),
    );
    const point = document(
      'param_point: {type: int, default: 0}, param_scale: {type: int, default: 0}',
      'try/outDS',
      leaf('try', 'echo point=%{point} scale=%{scale} i=%{i} > out.txt'),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': main, 'body.cwl': body, 'point.cwl': point }));
    expect((await bench.end(id)).status).toBe('Finished');
    const texts = bench.engine
      .tasks(id)
      .filter((task) => task.stepName === 'try')
      .map((task) => {
        const [file] = bench.engine.files(`${task.name}_out.txt/`, id) ?? [];
        return `${task.iteration}: ${readFileSync(file?.path ?? '', 'utf8').trim()}`;
      });
    expect(texts).toEqual([
      '1: point=1 scale=1 i=1',
      '1: point=2 scale=1 i=1',
      '2: point=10 scale=5 i=2',
      '2: point=7 scale=5 i=2',
    ]);
  });

  it('ends the loop where the copies have too few values, and says which', async () => {
    const main = document('', 'rounds/outDS', part('rounds', 'body.cwl', 'dataset: {default: none}', loop));
    const body = document(
      'dataset: {type: string, default: none}, param_points: {type: "int[]", default: [1, 2]}',
      'scan/outDS',
      part(
        'scan',
        'point.cwl',
        'param_point: param_points',
        'scatter: [param_point]',
        'scatterMethod: dotproduct',
      ),
      junction(
        'decide',
        'echo {\\"points\\": [5], \\"to_continue\\": true} | tee results.json',
        'opt_inDS: scan/outDS',
      ),
    );
    const point = document(
      'param_point: {type: int, default: 0}',
      'try/outDS',
      leaf('try', 'echo point=%{point} > out.txt'),
    );
    const id = await bench.submit(planLoops({ 'main.cwl': main, 'body.cwl': body, 'point.cwl': point }));
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'decide').error).toBe(
      'copy 2 of `scan` has nothing to work on: `points` is a list of 1',
    );
  });
});

describe('loops in loops', () => {
  const inner = document(
    'param_y: {type: int, default: 0}, param_x: {type: int, default: 0}',
    'step/outDS',
    leaf('step', 'echo x=%{x} y=%{y} i=%{i} > out.txt'),
    junction(
      'again',
      'echo {\\"y\\": $((%{y} + %{i})), \\"to_continue\\": $(test %{i} -lt 2 && echo true || echo false)} > results.json',
      'opt_inDS: step/outDS',
    ),
  );
  const outer = document(
    'param_x: {type: int, default: 1}',
    'sum/outDS',
    part('deep', 'inner.cwl', 'param_x: param_x', loop),
    leaf('sum', 'cat %IN > out.txt; echo outer %{i} >> out.txt', { inputs: 'opt_inDS: deep/outDS' }),
    junction(
      'decide',
      'echo {\\"x\\": $((%{x} * 7)), \\"to_continue\\": $(test %{i} -lt 2 && echo true || echo false)} > results.json',
      'opt_inDS: sum/outDS',
    ),
  );

  it('begins the inner loop anew in every iteration of the outer one, at any depth of sub-workflows', async () => {
    const main = document(
      '',
      'end/outDS',
      part('wrapped', 'wrap.cwl', ''),
      leaf('end', 'cat %IN > out.txt', { inputs: 'opt_inDS: wrapped/outDS' }),
    );
    const wrap = document('', 'rounds/outDS', part('rounds', 'outer.cwl', '', loop));
    const id = await bench.submit(
      planLoops({ 'main.cwl': main, 'wrap.cwl': wrap, 'outer.cwl': outer, 'inner.cwl': inner }),
    );
    expect((await bench.end(id)).status).toBe('Finished');
    const all = made(id);
    expect(all['step@1.1']).toEqual(['x=1 y=0 i=1']);
    expect(all['step@1.2']).toEqual(['x=1 y=1 i=2']);
    expect(all['sum@1']).toEqual(['x=1 y=1 i=2\nouter 1']);
    expect(all['step@2.1']).toEqual(['x=7 y=0 i=1']);
    expect(all['step@2.2']).toEqual(['x=7 y=1 i=2']);
    expect(all['end']).toEqual(['x=7 y=1 i=2\nouter 2']);
    expect(outcomes(id).map((line) => line.split(' ')[0])).toEqual([
      'step@1.1',
      'again@1.1',
      'step@1.2',
      'again@1.2',
      'sum@1',
      'decide@1',
      'step@2.1',
      'again@2.1',
      'step@2.2',
      'again@2.2',
      'sum@2',
      'decide@2',
      'end@',
    ]);
  });
});

describe('commands to a loop', () => {
  const slow = counting(50).replace('echo x=', 'sleep 0.2; echo x=');

  async function running(iteration: string): Promise<RequestId> {
    const id = await bench.submit(planLoops({ 'main.cwl': around(), 'body.cwl': slow }));
    await bench.until(() =>
      bench.engine.tasks(id).some((task) => task.iteration === iteration && task.status === 'running'),
    );
    return id;
  }

  it('kills it for good', async () => {
    const id = await running('2');
    expect(bench.engine.kill(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Cancelled');
    expect(bench.engine.tasks(id).map((task) => task.iteration)).not.toContain('3');
  });

  it('finishes it with the iteration that runs, softly or not', async () => {
    const id = await running('2');
    expect(bench.engine.commandRequest(id, 'finish-soft')).toEqual({ done: true });
    await bench.end(id);
    expect(bench.engine.tasks(id).map((task) => task.iteration)).not.toContain('3');
  });

  it('begins no job of a next iteration while the request is paused, and goes on when it is resumed', async () => {
    const id = await running('2');
    expect(bench.engine.commandRequest(id, 'pause')).toEqual({ done: true });
    await bench.until(() => !bench.engine.isBusy);
    const before = bench.engine.tasks(id).length;
    await new Promise((done) => setTimeout(done, 300));
    expect(bench.engine.tasks(id).length).toBe(before);
    expect(bench.engine.commandRequest(id, 'resume')).toEqual({ done: true });
    await bench.until(() => bench.engine.tasks(id).some((task) => task.iteration === '4'));
    bench.engine.kill(id);
    await bench.end(id);
  });

  it('takes up where it was after a crash, at whatever moment', async () => {
    const id = await bench.submit(
      planLoops({ 'main.cwl': around(), 'body.cwl': counting(4).replace('echo x=', 'sleep 0.1; echo x=') }),
    );
    for (let crash = 0; crash < 12; crash++) {
      await new Promise((done) => setTimeout(done, 20 + ((crash * 37) % 90)));
      bench.crash();
    }
    expect((await bench.end(id)).status).toBe('Finished');
    expect(made(id)['end']?.[0]).toMatch(/^x=4 i=5 note=after 4/);
    expect(outcomes(id)).toHaveLength(12);
  });
});

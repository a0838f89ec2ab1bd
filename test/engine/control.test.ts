// Commands to work that exists: kill, finish, pause, resume, and retry of single tasks.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import { shownStatus } from '../../src/engine/records.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});
afterEach(() => bench.remove());

/** Bash that waits until the test opens a gate. */
const waitFor = (gate: string): string =>
  `while ! test -f ${join(bench.directory, gate)}; do sleep 0.02; done`;
const open = (gate: string): void => writeFileSync(join(bench.directory, gate), '');
const contents = (dataset: string): string[] =>
  (bench.engine.files(dataset) ?? []).map((file) => readFileSync(file.path, 'utf8').trim());
const running = (id: RequestId, step: string): Promise<void> =>
  bench.until(() => bench.jobs(id, step).some((job) => job.status === 'running'));
const taskId = (id: RequestId, step: string) => bench.task(id, step).id;

describe('killing one task', () => {
  it('ends its jobs and what needs its data, and nothing else', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'bad', exec: waitFor('never'), args: '--nJobs 3' },
      { name: 'after', exec: 'cp %IN out.txt', inputs: ['bad'] },
      { name: 'good', exec: `${waitFor('go')}; echo fine > out.txt` },
    ]);
    const id = await bench.submit(plan);
    await running(id, 'bad');
    expect(bench.engine.commandTask(taskId(id, 'bad'), 'kill')).toEqual({ done: true });
    open('go');
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.engine.tasks(id).map((task) => [task.stepName, task.status, task.error])).toEqual([
      ['bad', 'aborted', 'killed by the user'],
      ['after', 'aborted', 'not run: `bad` failed'],
      ['good', 'done', undefined],
    ]);
    expect(bench.engine.commandTask(taskId(id, 'bad'), 'kill')).toEqual({
      done: false,
      why: 'status',
      status: 'aborted',
    });
  });

  it('that is the only one ends its request as cancelled', async () => {
    const id = await bench.submit(planOf('user.alice.t', [{ name: 'one', exec: waitFor('never') }]));
    await running(id, 'one');
    bench.engine.commandTask(taskId(id, 'one'), 'kill');
    expect((await bench.end(id)).status).toBe('Cancelled');
  });
});

describe('finishing', () => {
  const plan = () =>
    planOf('user.alice.t', [
      {
        name: 'top',
        exec: `if test %RNDM:0 -ge 1; then ${waitFor('go')}; fi; echo %RNDM:0 > out.txt`,
        args: '--nJobs 4',
      },
      { name: 'sum', exec: 'cat $(echo %IN | tr , " ") > out.txt', inputs: ['top'] },
    ]);

  it('softly lets running jobs end, starts no more, and goes on with what there is', async () => {
    const id = await bench.submit(plan());
    await bench.until(
      () => bench.task(id, 'top').nJobsFinished === 1 && bench.task(id, 'top').nJobsRunning === 2,
    );
    expect(bench.engine.commandTask(taskId(id, 'top'), 'finish-soft')).toEqual({ done: true });
    expect(shownStatus(bench.task(id, 'top'))).toBe('finishing');
    open('go');
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'top')).toMatchObject({
      status: 'finished',
      nJobsFinished: 3,
      error: 'finished by the user with 3 of 4 jobs',
    });
    expect(contents('user.alice.t_001_sum_out.txt')).toEqual(['0\n1\n2']);
  });

  it('at once ends running jobs', async () => {
    const id = await bench.submit(plan());
    await bench.until(() => bench.task(id, 'top').nJobsFinished === 1);
    expect(bench.engine.commandTask(taskId(id, 'top'), 'finish')).toEqual({ done: true });
    await bench.end(id);
    expect(bench.task(id, 'top')).toMatchObject({ status: 'finished', nJobsFinished: 1 });
    expect(contents('user.alice.t_001_sum_out.txt')).toEqual(['0']);
  });

  it('of a whole request ends steps that have not begun', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'top', exec: waitFor('never') },
        { name: 'next', exec: 'true', inputs: ['top'] },
      ]),
    );
    await running(id, 'top');
    expect(bench.engine.commandRequest(id, 'finish')).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.task(id, 'next').error).toBe('finished by the user before any job ran');
  });
});

describe('pausing', () => {
  it('starts no job until it is resumed, over a crash as well', async () => {
    bench.remove();
    bench = new EngineBench(1);
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'top', exec: `${waitFor('go')}; echo %RNDM:0 > out.txt`, args: '--nJobs 3' },
      ]),
    );
    await running(id, 'top');
    expect(bench.engine.commandRequest(id, 'pause')).toEqual({ done: true });
    expect(bench.engine.request(id)?.status).toBe('Suspended');
    expect(shownStatus(bench.task(id, 'top'))).toBe('paused');
    expect(bench.engine.isBusy).toBe(true);
    open('go');
    await bench.until(() => bench.task(id, 'top').nJobsFinished === 1);
    bench.crash();
    await systemClock.sleep(200);
    expect(bench.task(id, 'top')).toMatchObject({ nJobsFinished: 1, nJobsRunning: 0 });
    // Nothing moves, so nobody needs this engine to stay.
    expect(bench.engine.isBusy).toBe(false);
    expect(bench.engine.commandRequest(id, 'pause')).toEqual({
      done: false,
      why: 'status',
      status: 'Suspended',
    });
    expect(bench.engine.commandRequest(id, 'resume')).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.t_000_top_out.txt')).toEqual(['0', '1', '2']);
    expect(bench.engine.commandRequest(id, 'resume')).toMatchObject({ done: false });
  });

  it('of one task holds back what needs it, and nothing else', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'held', exec: 'echo a > out.txt' },
        { name: 'free', exec: `${waitFor('go')}; echo b > out.txt` },
        { name: 'next', exec: 'cp %IN out.txt', inputs: ['free'] },
      ]),
    );
    bench.engine.commandTask(taskId(id, 'next'), 'pause');
    open('go');
    await bench.until(
      () => bench.task(id, 'free').status === 'done' && bench.task(id, 'held').status === 'done',
    );
    await systemClock.sleep(100);
    expect(bench.task(id, 'next').status).toBe('registered');
    expect(bench.engine.request(id)?.status).toBe('Transforming');
    bench.engine.commandTask(taskId(id, 'next'), 'resume');
    expect((await bench.end(id)).status).toBe('Finished');
  });

  it('and killing end together', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [{ name: 'top', exec: waitFor('never'), args: '--nJobs 3' }]),
    );
    await running(id, 'top');
    bench.engine.commandRequest(id, 'pause');
    expect(bench.engine.commandRequest(id, 'kill')).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('Cancelled');
  });
});

describe('retrying one task', () => {
  it('of a request that goes on runs its failed jobs again', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'flaky', exec: `test -f ${join(bench.directory, 'fixed')} && echo x > out.txt` },
        { name: 'after', exec: 'cp %IN out.txt', inputs: ['flaky'] },
        { name: 'long', exec: `${waitFor('go')}; echo b > out.txt` },
      ]),
    );
    await bench.until(() => bench.task(id, 'after').status === 'aborted');
    open('fixed');
    expect(bench.engine.retryTask(taskId(id, 'flaky'), { splitting: {} })).toEqual({ done: true });
    await bench.until(() => bench.task(id, 'after').status === 'done');
    open('go');
    expect((await bench.end(id)).status).toBe('Finished');
  });

  it('is refused while a step works on what it made', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'top', exec: 'test %RNDM:0 = 0 && echo x > out.txt', args: '--nJobs 2' },
        { name: 'next', exec: `${waitFor('go')}; cp %IN out.txt`, inputs: ['top'] },
      ]),
    );
    await running(id, 'next');
    expect(bench.engine.retryTask(taskId(id, 'top'), { splitting: {} })).toEqual({
      done: false,
      why: 'depends',
      step: 'next',
    });
    open('go');
    await bench.end(id);
  });

  it('of a request that has ended leaves other failed tasks alone', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [
        { name: 'one', exec: `test -f ${join(bench.directory, 'fixed')} && echo x > out.txt` },
        { name: 'two', exec: 'false' },
        { name: 'after', exec: 'cp %IN out.txt', inputs: ['one'] },
      ]),
    );
    await bench.end(id);
    const attempts = bench.jobs(id, 'two')[0]?.attempt;
    open('fixed');
    expect(bench.engine.retryTask(taskId(id, 'one'), { splitting: {} })).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'after').status).toBe('done');
    expect(bench.jobs(id, 'two')[0]?.attempt).toBe(attempts);
  });

  it('hands the files of failed jobs to jobs of another size', async () => {
    const given = bench.files({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', 'd.txt': 'd' });
    const mark = join(bench.directory, 'fixed');
    const plan = planOf('user.alice.t', [
      {
        name: 'top',
        exec: `case %IN in *a.txt*) true;; *) test -f ${mark};; esac && cat $(echo %IN | tr , " ") > out.txt`,
        args: '--nFilesPerJob 1',
        externalInputs: ['in:x/'],
      },
    ]);
    const id = await bench.submit(plan, {}, { 'in:x': given });
    await bench.end(id);
    expect(bench.task(id, 'top')).toMatchObject({ nJobsFinished: 1, nJobsFailed: 3 });
    open('fixed');
    expect(bench.engine.retryTask(taskId(id, 'top'), { splitting: { nFilesPerJob: 3 } })).toEqual({
      done: true,
    });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.t_000_top_out.txt')).toEqual(['a', 'bcd']);
    expect(bench.jobs(id, 'top').map((job) => job.serial)).toEqual([1, 5]);
  });
});

describe('looking at a task that has ended again', () => {
  it('takes input files that came later', async () => {
    const maker = (name: string) =>
      planOf('user.alice.in', [{ name: 'top', exec: `echo ${name} > out.txt`, args: '--nJobs 1' }]);
    await bench.end(await bench.submit(maker('first')));
    const reader = planOf('user.alice.t', [
      {
        name: 'read',
        exec: 'cat %IN > out.txt',
        args: '--nFilesPerJob 1',
        externalInputs: ['user.alice.in_000_top_out.txt/'],
      },
    ]);
    const id = await bench.submit(reader);
    await bench.end(id);
    expect(contents('user.alice.t_000_read_out.txt')).toEqual(['first']);
    // The same name once more, so that the dataset of that name has another file.
    await bench.end(await bench.submit(maker('second')));
    expect(bench.engine.reloadInput(taskId(id, 'read'))).toEqual({ done: true });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.t_000_read_out.txt')).toEqual(['first', 'second']);
  });

  it('knows a dataset by the task that makes it, not by what others found of it', async () => {
    const maker = await bench.submit(
      planOf('user.alice.in', [
        {
          name: 'top',
          exec: `test %RNDM:0 = 0 || { ${waitFor('go')}; }; echo %RNDM:0 > out.txt`,
          args: '--nJobs 2',
        },
      ]),
    );
    await bench.until(() => bench.task(maker, 'top').nJobsFinished === 1);
    const name = 'user.alice.in_000_top_out.txt/';
    await bench.end(
      await bench.submit(
        planOf('user.alice.t', [{ name: 'read', exec: 'cp %IN out.txt', externalInputs: [name] }]),
      ),
    );
    open('go');
    await bench.end(maker);
    expect(contents(name)).toEqual(['0', '1']);
  });

  it('finds lost files, and makes them again only when it is told to', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [{ name: 'top', exec: 'echo %RNDM:0 > out.txt', args: '--nJobs 2' }]),
    );
    await bench.end(id);
    const [file] = bench.engine.files('user.alice.t_000_top_out.txt') ?? [];
    if (file === undefined) throw new Error('no file');
    rmSync(file.path, { force: true });
    const task = taskId(id, 'top');
    expect(bench.engine.recoverLostFiles(task, true)).toEqual({ done: true, lost: [file.name] });
    expect(bench.task(id, 'top').status).toBe('done');
    expect(bench.engine.recoverLostFiles(task, false)).toEqual({ done: true, lost: [file.name] });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(existsSync(file.path)).toBe(true);
    expect(contents('user.alice.t_000_top_out.txt')).toEqual(['0', '1']);
    expect(bench.engine.recoverLostFiles(task, false)).toEqual({ done: true, lost: [] });
  });
});

import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import type { RequestId } from '../../src/base/names.ts';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});
afterEach(() => bench.remove());

/** The contents of all files of a dataset, in order. */
function contents(dataset: string): string[] {
  return (bench.engine.files(dataset) ?? []).map((file) => readFileSync(file.path, 'utf8').trim());
}

describe('a task without input', () => {
  it('makes as many jobs as asked for, each with its own number, under PanDA names', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [{ name: 'top', exec: 'echo %RNDM:10 %RNDM:123 > out.txt', args: '--nJobs 3' }]),
    );
    expect((await bench.end(id)).status).toBe('Finished');
    const files = bench.engine.files('user.alice.t_000_top_out.txt/') ?? [];
    const task = bench.task(id, 'top').id;
    expect(files.map((file) => file.name)).toEqual(
      [1, 2, 3].map((serial) => `user.alice.${task}._00000${serial}.out.txt`),
    );
    expect(contents('user.alice.t_000_top_out.txt')).toEqual(['10 123', '11 124', '12 125']);
    expect(files.every((file) => (statSync(file.path).mode & 0o222) === 0)).toBe(true);
  });

  it('gives every job the sandbox, and removes its directory once its outputs are stored', async () => {
    const id = await bench.submit(
      planOf('user.alice.t', [{ name: 'top', exec: 'sh tools/run.sh > out.txt' }]),
      {
        'tools/run.sh': 'cat data.txt; touch extra',
        'data.txt': 'from the sandbox\n',
      },
    );
    await bench.end(id);
    expect(contents('user.alice.t_000_top_out.txt')).toEqual(['from the sandbox']);
    const [job] = bench.jobs(id, 'top');
    expect(existsSync(`${job?.directory}/control/log`)).toBe(true);
    expect(existsSync(`${job?.directory}/work`)).toBe(false);
  });
});

describe('the scheduler', () => {
  it('never runs more jobs at a time than it may', async () => {
    const marks = `${bench.directory}/marks`;
    const exec = `mkdir -p ${marks}; touch ${marks}/%RNDM:0; ls ${marks} | wc -l > out.txt; sleep 0.1; rm ${marks}/%RNDM:0`;
    const plan = planOf('user.alice.t', [
      { name: 'one', exec, args: '--nJobs 7' },
      { name: 'two', exec: exec.replaceAll('%RNDM:0', 'x%RNDM:0'), args: '--nJobs 7' },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    const counts = ['one', 'two']
      .flatMap((name, index) => contents(`user.alice.t_00${index}_${name}_out.txt`))
      .map(Number);
    expect(counts).toHaveLength(14);
    expect(Math.max(...counts)).toBe(2);
  });
});

describe('what a job leaves behind', () => {
  it('packs the files of a wildcard into one tar and takes each file of a regular expression', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo 1 > a1.txt; echo 2 > a2.txt; echo 3 > b.dat', outputs: ['a*.txt'] },
      { name: 'many', exec: 'echo 1 > c1.dat; echo 2 > c2.dat', outputs: ['regex|c[0-9].dat'] },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(bench.engine.files('user.alice.t_000_top_aXYZ.txt.tgz/')?.map((file) => file.name)).toEqual([
      `user.alice.${bench.task(id, 'top').id}._000001.aXYZ.txt.tgz`,
    ]);
    const regex = bench.engine.datasets(id).find((dataset) => dataset.name.includes('many'));
    expect(bench.engine.files(regex?.name ?? '')?.map((file) => file.name.split('._000001.')[1])).toEqual([
      'c1.dat',
      'c2.dat',
    ]);
  });

  it('fails a job whose output was not produced, and says which', async () => {
    const id = await bench.submit(planOf('user.alice.t', [{ name: 'top', exec: 'true' }]));
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.jobs(id, 'top')[0]?.error).toBe('the output file `out.txt` was not produced');
  });

  it('stores what a link points to, not the link', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo data > out.txt' },
      { name: 'copy', exec: 'ln -s %IN out.txt', inputs: ['top'] },
    ]);
    const id = await bench.submit(plan);
    await bench.end(id);
    expect(contents('user.alice.t_001_copy_out.txt')).toEqual(['data']);
    expect(contents('user.alice.t_000_top_out.txt')).toEqual(['data']);
  });
});

describe('a chain', () => {
  it('hands the files of the parent to the child, split by files per job, in their order', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'sleep 0.$((3 - %RNDM:0)); echo %RNDM:1 > out.txt', args: '--nJobs 3' },
      {
        name: 'pair',
        exec: 'cat $(echo %IN | tr , " ") > out.txt',
        args: '--nFilesPerJob 2',
        inputs: ['top'],
        link: 'started',
      },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.t_001_pair_out.txt')).toEqual(['1\n2', '3']);
  });

  it('starts a streaming child while its parent still runs', async () => {
    const plan = planOf('user.alice.t', [
      // The second job ends only when the child of the first has written its mark.
      {
        name: 'top',
        exec: `if [ %RNDM:0 = 1 ]; then for i in $(seq 500); do [ -e ${bench.directory}/mark ] && break; sleep 0.02; done; [ -e ${bench.directory}/mark ] || exit 9; fi; echo %RNDM:0 > out.txt`,
        args: '--nJobs 2',
      },
      {
        name: 'child',
        exec: `touch ${bench.directory}/mark; cp %IN out.txt`,
        args: '--nFilesPerJob 1',
        inputs: ['top'],
        link: 'started',
      },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.t_001_child_out.txt')).toEqual(['0', '1']);
  });

  it('does not run a child whose parent failed, and runs the one that waits for the failure', async () => {
    const plan = planOf(
      'user.alice.t',
      [
        { name: 'top', exec: 'echo oh no >&2; exit 3' },
        { name: 'ok', exec: 'echo 1 > out.txt', condition: { operator: null, left: [0], right: null } },
        { name: 'bad', exec: 'echo sorry > out.txt', condition: { operator: 'not', left: [0], right: null } },
        { name: 'plain', exec: 'cp %IN out.txt', inputs: ['top'] },
      ],
      ['ok', 'bad'],
    );
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'ok')).toMatchObject({ status: 'aborted', skipped: true });
    expect(bench.task(id, 'bad').status).toBe('done');
    expect(bench.task(id, 'plain')).toMatchObject({
      status: 'aborted',
      skipped: false,
      error: 'not run: `top` failed',
    });
    const [job] = bench.jobs(id, 'top');
    expect(job).toMatchObject({ status: 'failed', exitStatus: 3, error: 'the payload exited with status 3' });
    expect(bench.engine.jobLogTail(job?.id ?? (0 as never), 20)).toEqual(['oh no']);
  });

  it('says of a child that was streaming that its parent failed', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'exit 1' },
      { name: 'child', exec: 'cp %IN out.txt', inputs: ['top'], link: 'started' },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.task(id, 'child')).toMatchObject({ status: 'aborted', error: 'not run: `top` failed' });
  });

  it('goes on with what there is when some jobs fail, and does not call that a success', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: '[ %RNDM:0 = 1 ] && exit 1; echo %RNDM:0 > out.txt', args: '--nJobs 3' },
      { name: 'sum', exec: 'cat $(echo %IN | tr , " ") > out.txt', inputs: ['top'] },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(bench.task(id, 'top')).toMatchObject({ status: 'finished', nJobsFinished: 2, nJobsFailed: 1 });
    expect(contents('user.alice.t_001_sum_out.txt')).toEqual(['0\n2']);
  });
});

describe('retry', () => {
  it('runs only the failed jobs again, and from the start whatever worked on incomplete input', async () => {
    const flag = `${bench.directory}/flag`;
    const plan = planOf('user.alice.t', [
      {
        name: 'top',
        exec: `[ %RNDM:0 = 1 ] && ! [ -e ${flag} ] && exit 1; echo run >> ${bench.directory}/runs-%RNDM:0; echo %RNDM:0 > out.txt`,
        args: '--nJobs 3',
      },
      { name: 'sum', exec: 'cat $(echo %IN | tr , " ") > out.txt', inputs: ['top'] },
    ]);
    const id = await bench.submit(plan);
    await bench.end(id);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(flag, '');
    expect(bench.engine.retry(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.t_001_sum_out.txt')).toEqual(['0\n1\n2']);
    expect([0, 1, 2].map((n) => readFileSync(`${bench.directory}/runs-${n}`, 'utf8'))).toEqual([
      'run\n',
      'run\n',
      'run\n',
    ]);
    expect(bench.engine.retry(id)).toBe(false);
  });
});

describe('input datasets from outside', () => {
  it('refuses a request whose dataset is not here, before anything is stored', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'cp %IN out.txt', externalInputs: ['mc16:mc16.x.HITS/'] },
    ]);
    await expect(bench.submit(plan)).rejects.toThrow(
      'the input dataset `mc16:mc16.x.HITS/` is not on this machine',
    );
    expect(bench.engine.requests()).toEqual([]);
  });

  it('takes local files, and datasets that earlier requests made', async () => {
    const given = bench.files({ 'a.txt': 'a', 'b.txt': 'b' });
    const first = planOf('user.alice.one', [
      { name: 'top', exec: 'cat $(echo %IN | tr , " ") > out.txt', externalInputs: ['mc16:x/'] },
    ]);
    const second = planOf('user.alice.two', [
      { name: 'top', exec: 'cp %IN out.txt', externalInputs: ['user.alice.one_000_top_out.txt/'] },
    ]);
    await bench.end(await bench.submit(first, {}, { 'mc16:x': given }));
    const id = await bench.submit(second);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents('user.alice.two_000_top_out.txt')).toEqual(['ab']);
  });
});

describe('secrets', () => {
  it('reach jobs that ask for them as variables and files, and nothing is left of the files', async () => {
    bench.engine.setSecret('MY_TOKEN', new Secret('tok-123456'));
    bench.engine.setSecret(
      '___file___:user key.pem',
      new Secret(Buffer.from('PEM bytes').toString('base64')),
    );
    const exec =
      'echo "$MY_TOKEN $(cat "user key.pem" 2>/dev/null) $(stat -c %a "user key.pem" 2>/dev/null)" > out.txt; echo $MY_TOKEN';
    const plan = planOf('user.alice.t', [
      { name: 'with', exec, args: '--useSecrets' },
      { name: 'without', exec: `${exec}; exit 1` },
    ]);
    const id = await bench.submit(plan);
    await bench.end(id);
    expect(contents('user.alice.t_000_with_out.txt')).toEqual(['tok-123456 PEM bytes 600']);
    expect(bench.engine.jobLogTail(bench.jobs(id, 'with')[0]?.id ?? (0 as never), 5)).toEqual(['[hidden]']);
    const failed = bench.jobs(id, 'without')[0];
    expect(existsSync(`${failed?.directory}/work/user key.pem`)).toBe(false);
    expect(readFileSync(`${failed?.directory}/work/out.txt`, 'utf8').trim()).toBe('');
  });
});

describe('kill', () => {
  it('stops everything a job started, and the jobs that wait', async () => {
    const plan = planOf('user.alice.t', [
      {
        name: 'top',
        exec: `(sleep 100 & echo $! > ${bench.directory}/pid-%RNDM:0; wait)`,
        args: '--nJobs 5',
      },
      { name: 'next', exec: 'true', inputs: ['top'] },
    ]);
    const id = await bench.submit(plan);
    await bench.until(
      () => existsSync(`${bench.directory}/pid-0`) && readFileSync(`${bench.directory}/pid-0`, 'utf8') !== '',
    );
    expect(bench.engine.kill(id)).toBe(true);
    expect((await bench.end(id)).status).toBe('Cancelled');
    expect(bench.engine.tasks(id).map((task) => task.status)).toEqual(['aborted', 'aborted']);
    const pid = Number(readFileSync(`${bench.directory}/pid-0`, 'utf8'));
    await bench.until(
      () => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '),
    );
    expect(bench.engine.kill(id)).toBe(false);
  });
});

describe('a crash of the engine', () => {
  async function killedAt(moment: (id: RequestId) => boolean): Promise<{ runs: number[]; result: string[] }> {
    const plan = planOf('user.alice.t', [
      {
        name: 'top',
        exec: `echo run >> ${bench.directory}/runs-%RNDM:0; sleep 0.1; echo %RNDM:0 > out.txt`,
        args: '--nJobs 4',
      },
      { name: 'sum', exec: 'cat $(echo %IN | tr , " ") > out.txt', inputs: ['top'] },
    ]);
    const id = await bench.submit(plan);
    await bench.until(() => moment(id));
    bench.crash();
    expect((await bench.end(id)).status).toBe('Finished');
    const runs = [0, 1, 2, 3].map(
      (n) => readFileSync(`${bench.directory}/runs-${n}`, 'utf8').trim().split('\n').length,
    );
    return { runs, result: contents('user.alice.t_001_sum_out.txt') };
  }

  it('right after submission loses nothing', async () => {
    expect(await killedAt(() => true)).toEqual({ runs: [1, 1, 1, 1], result: ['0\n1\n2\n3'] });
  });

  it('while jobs run finds them again instead of running them twice', async () => {
    expect(await killedAt((id) => bench.jobs(id, 'top').some((job) => job.status === 'running'))).toEqual({
      runs: [1, 1, 1, 1],
      result: ['0\n1\n2\n3'],
    });
  });

  it('after some jobs finished keeps their outputs', async () => {
    expect(await killedAt((id) => bench.task(id, 'top').nJobsFinished >= 2)).toEqual({
      runs: [1, 1, 1, 1],
      result: ['0\n1\n2\n3'],
    });
  });
});

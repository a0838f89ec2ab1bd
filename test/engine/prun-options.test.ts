// Options of prun that change what runs: builds, merges, lists of inputs, files that are chosen or left out.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import { externalDatasets } from '../../src/engine/panda/external-datasets.ts';
import { mergeGroups } from '../../src/engine/panda/jobs/merge-jobs.ts';
import { optionEffects, withoutEffectIn } from '../../src/engine/panda/option-effects.ts';
import type { JobRuntime, TaskRuntime } from '../../src/engine/panda/runtime.ts';
import { taskSpecs } from '../../src/engine/panda/loops/unfold.ts';
import { prunOptions } from '../../src/prun/prun-options.ts';
import type { BesideCommand, Plan } from '../../src/workflow/plan.ts';
import { EngineBench, planOf, type StepText } from '../rigs/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});
afterEach(() => bench.remove());

const contents = (dataset: string): string[] =>
  (bench.engine.files(dataset) ?? []).map((file) => readFileSync(file.path, 'utf8').trim());
const one = (step: Omit<StepText, 'name'>, beside?: BesideCommand): Plan => {
  const plan = planOf('user.alice.t', [{ name: 'top', ...step }]);
  return beside === undefined
    ? plan
    : { ...plan, steps: plan.steps.map((planned) => ({ ...planned, beside })) };
};
const kinds = (id: RequestId): string[] =>
  bench.jobs(id, 'top').map(({ kind, status }) => `${kind} ${status}`);
const output = 'user.alice.t_000_top_out.txt';

describe('a build', () => {
  const built = { build: 'echo compiled >> made; cat source >> made' };

  it('runs once, and every job starts in the directory that it left', async () => {
    const plan = one({ exec: 'cat made > out.txt; echo %RNDM:5 >> out.txt', args: '--nJobs 2' }, built);
    const id = await bench.submit(plan, { source: 'text\n' });
    expect((await bench.end(id)).status).toBe('Finished');
    expect(kinds(id)).toEqual(['build finished', 'run finished', 'run finished']);
    expect(contents(output)).toEqual(['compiled\ntext\n5', 'compiled\ntext\n6']);
  });

  it('that fails ends the task before any other job, and a retry builds again', async () => {
    const id = await bench.submit(
      one({ exec: 'cp made out.txt' }, { build: `${built.build} && test -e ${bench.directory}/ok` }),
      {
        source: 'text\n',
      },
    );
    expect((await bench.end(id)).status).toBe('Failed');
    expect(bench.task(id, 'top')).toMatchObject({
      status: 'failed',
      error: 'the build failed; no other job ran',
    });
    expect(kinds(id)).toEqual(['build failed']);
    writeFileSync(`${bench.directory}/ok`, '');
    bench.engine.retry(id);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents(output)).toEqual(['compiled\ntext']);
  });

  it('is not done again after a crash', async () => {
    const gate = `${bench.directory}/gate`;
    const plan = one(
      { exec: `while ! test -f ${gate}; do sleep 0.05; done; cp made out.txt` },
      { build: `echo built >> ${bench.directory}/count; touch made` },
    );
    const id = await bench.submit(plan);
    await bench.until(() => kinds(id).includes('run running'));
    bench.crash();
    writeFileSync(gate, '');
    expect((await bench.end(id)).status).toBe('Finished');
    expect(readFileSync(`${bench.directory}/count`, 'utf8')).toBe('built\n');
  });
});

describe('merging', () => {
  it('joins the outputs of all jobs, and only what is merged goes to the next step', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo %RNDM:1 > out.txt', args: '--nJobs 3 --mergeOutput' },
      { name: 'next', exec: 'ls user.* | cat - %IN > out.txt', inputs: ['top'] },
    ]);
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(kinds(id)).toEqual(['run finished', 'run finished', 'run finished', 'merge finished']);
    const task = bench.task(id, 'top').id;
    expect(bench.engine.files(output)?.map((file) => file.name)).toEqual([
      `user.alice.${task}._000001.out.txt`,
    ]);
    expect(contents(output)).toEqual(['1\n2\n3']);
    expect(bench.engine.files(`panda.um.${output}`)?.map((file) => file.name)).toEqual(
      [1, 2, 3].map((serial) => `panda.um.user.alice.${task}._00000${serial}.out.txt`),
    );
    expect(contents('user.alice.t_001_next_out.txt')).toEqual([
      `user.alice.${task}._000001.out.txt\n1\n2\n3`,
    ]);
  });

  it('takes the script of the user, which may be a file of the sandbox', async () => {
    const plan = one({ exec: 'echo %RNDM:1 > out.txt', args: '--nJobs 3 --mergeOutput' });
    const words = plan.steps[0]?.command ?? [];
    const steps = plan.steps.map((step) => ({
      ...step,
      command: [...words, '--mergeScript', 'sh add.sh %OUT %IN'],
    }));
    const id = await bench.submit(
      { ...plan, steps },
      { 'add.sh': 'cat $(echo $2 | tr , " ") | paste -sd+ > $1' },
    );
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents(output)).toEqual(['1+2+3']);
  });

  it('keeps every member of archives, and refuses what is no text', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'top', exec: 'echo %RNDM:1 > a.dat', args: '--nJobs 2 --mergeOutput', outputs: ['*.dat'] },
      {
        name: 'raw',
        exec: `printf 'a\\0b' > raw.bin`,
        args: '--nJobs 2 --mergeOutput',
        outputs: ['raw.bin'],
      },
    ]);
    const id = await bench.submit(plan);
    await bench.end(id);
    expect(bench.task(id, 'top').status).toBe('done');
    const [merged] = bench.engine.files('user.alice.t_000_top_XYZ.dat.tgz') ?? [];
    const members = execFileSync('tar', ['-tzf', merged?.path ?? ''])
      .toString()
      .split('\n');
    expect(members.filter((name) => name.endsWith('a.dat'))).toHaveLength(2);
    expect(bench.task(id, 'raw').status).toBe('failed');
    const failed = bench.jobs(id, 'raw').find((job) => job.kind === 'merge');
    const log = failed === undefined ? [] : bench.engine.jobLogTail(failed.id, 5);
    expect(log.join('\n')).toContain('--mergeScript');
  });

  it('merges what there is when jobs failed, and the rest after a retry', async () => {
    const flag = `${bench.directory}/flag`;
    const exec = `test %RNDM:1 != 2 || test -f ${flag} && echo %RNDM:1 > out.txt`;
    const id = await bench.submit(one({ exec, args: '--nJobs 3 --mergeOutput' }));
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(contents(output)).toEqual(['1\n3']);
    writeFileSync(flag, '');
    bench.engine.retry(id);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents(output)).toEqual(['1\n3', '2']);
  });

  it('still happens when the user finishes the task', async () => {
    const exec = `test %RNDM:1 = 1 || sleep 100; echo %RNDM:1 > out.txt`;
    const id = await bench.submit(one({ exec, args: '--nJobs 2 --mergeOutput' }));
    await bench.until(() => kinds(id)[0] === 'run finished');
    bench.engine.commandTask(bench.task(id, 'top').id, 'finish');
    expect((await bench.end(id)).status).toBe('SubFinished');
    expect(contents(output)).toEqual(['1']);
  });

  it('of many bytes is shared between jobs, never splitting what one job made', () => {
    const gigabytes = (count: number, serial: number): Partial<JobRuntime> => ({
      kind: 'run',
      serial,
      files: ['a', 'b'].map((name) => ({
        name: `${name}${serial}`,
        dataset: `panda.um.${name}/`,
        sizeBytes: (count * 1e9) / 2,
        sha256: '',
        path: '',
      })),
    });
    const jobs = [2, 2, 9, 1, 1].map((size, index) => gigabytes(size, index + 1)) as JobRuntime[];
    const spec = { merge: { script: undefined, maxBytes: 4e9 } };
    const groups = mergeGroups({ jobs, spec } as unknown as TaskRuntime);
    expect(groups.map((group) => group['panda.um.a/']?.map(({ name }) => name))).toEqual([
      ['a1', 'a2'],
      ['a3'],
      ['a4', 'a5'],
    ]);
  });
});

describe('inputs', () => {
  const inputs = ['user.alice.in'];
  const given = (): Record<string, readonly string[]> => ({
    'user.alice.in': bench.files({ 'a.txt': 'a', 'b.txt': 'b', 'c.log.tgz': 'c', 'd.txt': 'd' }),
  });

  it('are listed in a file where the payload wants one', async () => {
    const args = '--writeInputToTxt IN:in.lis';
    const plan = one({ exec: 'cat in.lis > out.txt', args, externalInputs: inputs });
    const id = await bench.submit(plan, {}, given());
    await bench.end(id);
    expect(contents(output)).toEqual(['a.txt,b.txt,d.txt']);
  });

  it('are those of a list, and logs only when they are asked for', async () => {
    const exec = 'echo %IN > out.txt';
    const listed = one({ exec, externalInputs: inputs }, { files: { IN: ['mc:d.txt', 'c.log.tgz'] } });
    const id = await bench.submit(listed, {}, given());
    await bench.end(id);
    expect(contents(output)).toEqual(['d.txt']);
    const logs = one({ exec, args: '--useLogAsInput --match *.tgz', externalInputs: inputs });
    const second = await bench.submit(logs, {}, given());
    await bench.end(second);
    expect(contents(output)).toEqual(['c.log.tgz']);
  });

  it('that another task has used are skipped', async () => {
    const exec = 'echo %IN > out.txt';
    const data = given();
    const first = await bench.submit(one({ exec, args: '--nFiles 1', externalInputs: inputs }), {}, data);
    await bench.end(first);
    const args = `--skipFilesUsedBy ${bench.task(first, 'top').id}`;
    const second = await bench.submit(one({ exec, args, externalInputs: inputs }), {}, data);
    await bench.end(second);
    expect(contents(output)).toEqual(['b.txt,d.txt']);
  });
});

describe('outputs', () => {
  it('may be missing where that is allowed', async () => {
    const plan = one({
      exec: 'echo x > out.txt',
      args: '--allowNoOutput extra.dat',
      outputs: ['out.txt', 'extra.dat'],
    });
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(bench.engine.files('user.alice.t_000_top_extra.dat')).toEqual([]);
  });

  it('have their final names in the payload where that is asked for', async () => {
    const plan = one({ exec: 'echo out.txt x-out.txt > out.txt', args: '--execWithRealFileNames' });
    const id = await bench.submit(plan);
    expect((await bench.end(id)).status).toBe('Finished');
    expect(contents(output)).toEqual([`user.alice.${bench.task(id, 'top').id}._000001.out.txt x-out.txt`]);
  });

  it('are made where the payload starts', async () => {
    const id = await bench.submit(one({ exec: 'cat here > out.txt', args: '--workDir run/area' }), {
      'run/area/here': 'found',
    });
    await bench.end(id);
    expect(contents(output)).toEqual(['found']);
  });
});

describe('every option of prun', () => {
  it('is done, has no effect, or is refused here, and nothing else is in the table', () => {
    const dests = prunOptions.options.map(({ dest }) => dest);
    expect(dests.filter((dest) => !optionEffects.has(dest))).toEqual([]);
    expect([...optionEffects.keys()].filter((dest) => !dests.includes(dest))).toEqual([]);
  });

  const refused = prunOptions.options.filter(({ dest }) => optionEffects.get(dest)?.is === 'refused');
  it.each(refused.map(({ flags, arity }) => [flags[0] ?? '', arity]))(
    '%s is refused in words',
    (flag, arity) => {
      const plan = one({ exec: 'true', args: `${flag}${arity === 'one' ? ' value' : ''}` });
      expect(() => externalDatasets(taskSpecs(plan))).toThrow(
        new RegExp(`step \`top\` cannot run on this machine with \`${flag}\`: .+`),
      );
    },
  );

  it('that has no effect is told with the reason, once', () => {
    const args = ['--site CERN --rootVer 6.32 --nJobs 2', '--site DESY'];
    const plan = planOf(
      'user.alice.t',
      args.map((text, index) => ({ name: `s${index}`, exec: 'true', args: text })),
    );
    expect(withoutEffectIn(plan)).toEqual([
      { flag: '--rootVer', why: 'payloads find the software that is set up in this shell' },
      { flag: '--site', why: 'jobs run where you are' },
    ]);
  });
});

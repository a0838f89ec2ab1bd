// Finished work that is used again after the workflow was edited, and what is said about the work that is not.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import type { RunOptions } from '../../src/engine/records.ts';
import { EngineBench } from '../rigs/engine-bench.ts';
import { document, junction, leaf, loop, part, planLoops } from '../rigs/loop-workflow.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench(2);
});
afterEach(() => bench.remove());

const noted: RunOptions = { documents: ['main.cwl'] };

/** Each payload leaves a line where it ran, so that running twice shows. */
const chain = (change: { second?: string; third?: string } = {}): string => {
  const ran = (name: string): string => `echo ${name} >> ${bench.directory}/ran; `;
  return document(
    '',
    'third/outDS',
    leaf('first', `${ran('first.%RNDM:1')}echo %RNDM:1 > out.txt`, { args: '--outputs out.txt --nJobs 2' }),
    leaf('second', `${ran('second')}${change.second ?? 'cat'} $(echo %IN | tr , " ") > out.txt`, {
      inputs: 'opt_inDS: first/outDS',
    }),
    leaf('third', `${ran('third')}sh ${change.third ?? 'third.sh'} %IN > out.txt`, {
      inputs: 'opt_inDS: second/outDS',
    }),
  );
};

async function run(
  main: string,
  { files = {}, options = noted }: { files?: Record<string, string>; options?: RunOptions } = {},
): Promise<{ id: RequestId; ran: readonly string[]; result: string }> {
  const sandbox = { 'main.cwl': main, 'third.sh': 'tac $1', ...files };
  const id = await bench.submit(planLoops({ 'main.cwl': main }), sandbox, {}, undefined, undefined, options);
  expect((await bench.end(id)).status).toBe('Finished');
  const [file] = bench.engine.files('user.alice.t_002_third_out.txt', id) ?? [];
  const journal = join(bench.directory, 'ran');
  const ran = readdirSync(bench.directory).includes('ran')
    ? readFileSync(journal, 'utf8').trim().split('\n')
    : [];
  rmSync(journal, { force: true });
  return { id, ran: ran.sort(), result: readFileSync(file?.path ?? '', 'utf8') };
}

describe('after an edit of the workflow', () => {
  it('only what depends on it runs again', async () => {
    const before = await run(chain());
    expect(before.ran).toEqual(['first.1', 'first.2', 'second', 'third']);
    const after = await run(chain({ second: 'sort -r' }));
    expect(after.ran).toEqual(['second', 'third']);
    expect(after.result).not.toBe(before.result);
    const jobs = bench.engine.jobs(bench.task(after.id, 'first').id);
    const earlier = bench.engine.jobs(bench.task(before.id, 'first').id);
    expect(jobs.map((job) => job.reusedFrom)).toEqual(earlier.map((job) => job.id));
    // The files have the names of this request, and their log is there.
    expect(bench.engine.files('user.alice.t_000_first_out.txt', after.id)?.map((file) => file.name)).toEqual(
      [1, 2].map((serial) => `user.alice.${bench.task(after.id, 'first').id}._00000${serial}.out.txt`),
    );
    expect((await run(chain({ second: 'sort -r' }))).ran).toEqual([]);
  });

  it('a payload that gives the same as before ends the wave', async () => {
    await run(chain());
    // `cat -u` makes the same file.
    expect((await run(chain({ second: 'cat -u' }))).ran).toEqual(['second']);
  });

  it('what the sandbox holds counts, the documents in it do not', async () => {
    await run(chain());
    const commented = `${chain()}\n# a comment\n`;
    expect((await run(commented)).ran).toEqual([]);
    const other = await run(chain(), { files: { 'third.sh': 'cat $1' } });
    expect(other.ran).toEqual(['first.1', 'first.2', 'second', 'third']);
  });

  it('nothing is shared where that was not asked for, or outputs are gone', async () => {
    const { id } = await run(chain());
    expect((await run(chain(), { options: { ...noted, reuse: false } })).ran).toHaveLength(4);
    expect((await run(chain(), { options: {} })).ran).toHaveLength(4);
    for (const request of [id, id + 1, id + 2])
      rmSync(join(bench.directory, 'requests', String(request), 'data'), { recursive: true });
    expect((await run(chain())).ran).toHaveLength(4);
  });

  it('a loop takes its finished iterations with it', async () => {
    const looping = (last: number): string =>
      document(
        'param_x: {type: int, default: 1}',
        'decide/outDS',
        leaf('work', `echo %{i} >> ${bench.directory}/ran; echo %{x} > out.txt`),
        junction(
          'decide',
          `echo {\\"x\\": $((%{x} * 2)), \\"to_continue\\": $(test %{i} -lt ${last} && echo true || echo false)} > results.json`,
          'opt_inDS: work/outDS',
        ).replace('out: []', 'out: [outDS]'),
      );
    const main = document('', 'rounds/outDS', part('rounds', 'body.cwl', '', loop));
    const ranIn = async (last: number): Promise<readonly string[]> => {
      const plan = planLoops({ 'main.cwl': main, 'body.cwl': looping(last) });
      const id = await bench.submit(plan, {}, {}, undefined, undefined, noted);
      expect((await bench.end(id)).status).toBe('Finished');
      expect(bench.engine.iterations(id)).toHaveLength(last);
      const lines = readFileSync(join(bench.directory, 'ran'), 'utf8').trim().split('\n');
      rmSync(join(bench.directory, 'ran'));
      return lines;
    };
    expect(await ranIn(2)).toEqual(['1', '2']);
    // The junction decides anew, but what it decides on is there.
    expect(await ranIn(4)).toEqual(['3', '4']);
  });
});

describe('why a step ran again', () => {
  const reasons = async (id: RequestId, step: string): Promise<readonly unknown[]> => {
    const report = await bench.engine.whyRerun(id, step);
    return (report?.jobs ?? []).map(({ reason, changes }) => [reason, ...changes]);
  };

  it('is told part by part', async () => {
    const first = await run(chain());
    expect(await reasons(first.id, 'second')).toEqual([['first']]);
    const edited = await run(chain({ second: 'sort -r' }));
    expect(await reasons(edited.id, 'first')).toEqual([['reused'], ['reused']]);
    expect(await reasons(edited.id, 'second')).toEqual([
      [
        'changed',
        {
          part: 'payload',
          was: [expect.stringContaining('; cat $(echo %IN') as string],
          now: [expect.stringContaining('; sort -r $(echo %IN') as string],
        },
      ],
    ]);
    expect(await reasons(edited.id, 'third')).toEqual([
      [
        'changed',
        expect.objectContaining({
          part: 'inputs',
          was: [expect.stringMatching(/^IN _000001\.out\.txt \w{64}$/)],
        }),
      ],
    ]);
    const script = await run(chain({ second: 'sort -r' }), { files: { 'third.sh': 'cat $1' } });
    expect(await reasons(script.id, 'third')).toEqual([
      [
        'changed',
        {
          part: 'sandbox',
          was: [expect.stringMatching(/^third\.sh \w{64}$/)],
          now: [expect.stringMatching(/^third\.sh /)],
        },
      ],
    ]);
    const anew = await run(chain({ second: 'sort -r' }), {
      files: { 'third.sh': 'cat $1' },
      options: { ...noted, reuse: false },
    });
    expect(await reasons(anew.id, 'third')).toEqual([['not-shared']]);
    expect(await bench.engine.whyRerun(anew.id, 'fourth')).toBeUndefined();
  });
});

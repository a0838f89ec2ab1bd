// What a job may take, and that nothing of it goes on when it is over.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineBench, planOf } from '../rigs/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});
afterEach(() => bench.remove());

const place = (name: string): string => join(bench.directory, name);
const pidIn = (name: string): number => Number(readFileSync(place(name), 'utf8'));
/** A zombie is over: it only waits for somebody to look at it. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
/** Bash for a process of its own kind that passes over the request to end and notes its number. */
const stubborn = (name: string): string =>
  `bash -c 'trap "" TERM; echo $$ > ${place(`${name}.part`)}; mv ${place(`${name}.part`)} ${place(name)}; while :; do sleep 0.1; done'`;

describe.skipIf(!existsSync('/proc/self/environ'))('the processes of a job', () => {
  const families = (): string =>
    [
      `${stubborn('forked')} &`,
      `setsid ${stubborn('left')} &`,
      // Twice forked, with nobody above it.
      `(setsid ${stubborn('daemon')} &) &`,
      `env -i PATH="$PATH" ${stubborn('bare')} &`,
    ].join('\n');
  const all = ['forked', 'left', 'daemon', 'bare'];
  const begun = (): boolean => all.every((name) => existsSync(place(name)));

  it('all end when it is killed: forked ones, those that left the group, those that pass over SIGTERM', async () => {
    const id = await bench.submit(planOf('user.alice.t', [{ name: 'top', exec: `${families()}\nwait` }]));
    await bench.until(begun);
    const pids = all.map(pidIn);
    expect(pids.filter(isAlive)).toHaveLength(4);
    bench.engine.kill(id);
    expect((await bench.end(id)).status).toBe('Cancelled');
    await bench.until(() => !pids.some(isAlive));
  }, 30_000);

  it('are ended when they go on behind a job that is over', async () => {
    const exec = `setsid ${stubborn('left')} > /dev/null 2>&1 &\nwhile ! test -f ${place('left')}; do sleep 0.05; done; echo hi > out.txt`;
    const id = await bench.submit(planOf('user.alice.t', [{ name: 'top', exec }]));
    expect((await bench.end(id)).status).toBe('Finished');
    const pid = pidIn('left');
    await bench.until(() => !isAlive(pid));
    await bench.until(() =>
      bench.log.some((line) => /processes went on after the end of the job/.test(line)),
    );
  }, 30_000);

  it('of other jobs are left alone', async () => {
    const plan = planOf('user.alice.t', [
      { name: 'one', exec: stubborn('one') },
      { name: 'two', exec: `while ! test -f ${place('go')}.part; do sleep 0.05; done; echo hi > out.txt` },
    ]);
    const id = await bench.submit(plan);
    await bench.until(() => existsSync(place('one')));
    bench.engine.commandTask(bench.task(id, 'one').id, 'kill');
    await bench.until(() => bench.task(id, 'one').status === 'aborted');
    expect(bench.jobs(id, 'two')[0]?.status).toBe('running');
    bench.engine.kill(id);
    await bench.end(id);
  }, 30_000);
});

describe('a job that takes more than it may', () => {
  it.skipIf(!existsSync('/proc/self/environ'))(
    'is ended at its memory, and says which limit it was',
    async () => {
      const exec = 'head -c 200000000 /dev/zero | tail -c 200000000 | sleep 300';
      const id = await bench.submit(planOf('user.alice.t', [{ name: 'top', exec, args: '--memory 100' }]));
      expect((await bench.end(id)).status).toBe('Failed');
      expect(bench.jobs(id, 'top')[0]?.error).toMatch(
        /^it took more memory than `--memory` allows: 1\d\d of 100 MB$/,
      );
    },
    30_000,
  );

  it('is ended at its time, which a retry may change, also after a crash', async () => {
    const exec = `if test -f ${place('slow')}; then sleep 300; fi; touch ${place('slow')}; exit 3`;
    const id = await bench.submit(planOf('user.alice.t', [{ name: 'top', exec }]));
    await bench.end(id);
    expect(bench.jobs(id, 'top')[0]?.error).toBe('the payload exited with status 3');
    const task = bench.task(id, 'top').id;
    expect(bench.engine.retryTask(task, { splitting: {}, limits: { wallMs: 3_000 } })).toEqual({
      done: true,
    });
    await bench.until(() => bench.jobs(id, 'top')[0]?.status === 'running');
    bench.crash();
    await bench.end(id);
    expect(bench.jobs(id, 'top')[0]?.error).toBe('it ran longer than `--maxWalltime` allows: 3 s');
  }, 30_000);

  it('tells what 137 means', async () => {
    const id = await bench.submit(planOf('user.alice.t', [{ name: 'top', exec: 'kill -9 $$' }]));
    await bench.end(id);
    expect(bench.jobs(id, 'top')[0]?.error).toBe(
      'the payload was killed by signal 9 (status 137), as a rule because the machine had no memory left; `dmesg` shows it',
    );
  });
});

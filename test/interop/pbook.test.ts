// The official pbook and ours, every command in batch, one after the other on the same state of the embedded server: what comes
// of it is the same. Where the original says something else than what happened, or ends with 0, the test says so.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CliResult } from '../rigs/cli.ts';
import { describeWithClient, type PythonClient } from '../rigs/python-client.ts';
import { numberAfter, PandaClientRig } from './panda-rig.ts';

describeWithClient('pbook of panda-client', 'PCHAIN_TEST_PANDA_CLIENT', suite);
describeWithClient('pbook of panda-client with curl', 'PCHAIN_TEST_PANDA_CLIENT_CURL', suite);

type Pbook = (...words: string[]) => Promise<CliResult>;

function suite(client: PythonClient): void {
  const rig = new PandaClientRig(client);
  const theirs: Pbook = (...words) => rig.run(['pbook', ...words]);
  const ours: Pbook = (...words) => rig.cli.run(words, { program: 'pbook' });
  const both: readonly (readonly [string, Pbook])[] = [
    ['theirs', theirs],
    ['ours', ours],
  ];
  let made = 0;

  beforeAll(() => rig.start(['--jobs', '8']));
  // A test that failed must not take the place of the next one's jobs.
  afterEach(() => ours('kill', 'all'));
  afterAll(() => rig.stop());

  /** Submits a task of two jobs; gives its id when it has one of these statuses. */
  async function task(exec: string, ...statuses: string[]): Promise<number> {
    const outDS = `user.alice.task${++made}`;
    const words = [
      'prun',
      '--exec',
      exec,
      '--outDS',
      outDS,
      '--noBuild',
      '--outputs',
      'o.txt',
      '--nJobs',
      '2',
    ];
    const id = numberAfter('new jediTaskID=', await rig.say(...words));
    await rig.taskStatus(id, ...statuses);
    return id;
  }
  const slow = (): Promise<number> => task('sleep 100', 'running');
  const done = (): Promise<number> => task('echo x > o.txt', 'done');
  const partly = (): Promise<number> => task('test %RNDM:0 -ge 1 && echo x > o.txt', 'finished');

  /** Submits a workflow of which a step waits; gives its request. */
  async function request(): Promise<number> {
    const outDS = `user.alice.request${++made}`;
    rig.cli.write({ 'slow.cwl': workflow(join(rig.cli.work, 'open')), 'empty.yaml': '' });
    const words = ['pchain', '--cwl', 'slow.cwl', '--yaml', 'empty.yaml', '--outDS', outDS];
    return numberAfter('successfully submitted with request_id=', await rig.say(...words));
  }

  async function requestStatus(id: number): Promise<string> {
    const { stdout } = await ours('show_workflow', String(id));
    return stdout.split('\n')[1]?.split('\t')[2] ?? '';
  }

  describe('show', () => {
    let id: number;
    beforeAll(async () => {
      id = await partly();
    });

    it.each([
      ['show'],
      ['show', 'fin'],
      ['show', 'days=1', 'limit=100'],
      ['showl'],
      ['show', 'format=long'],
      ['show', 'status=finished'],
      ['show', 'superstatus=finished'],
    ])('%s %s %s has the same tasks', async (...words) => {
      const asked = words.filter((word) => typeof word === 'string');
      const tasks = [];
      for (const [, pbook] of both) {
        const { stdout, exitCode } = await pbook(...asked);
        expect(exitCode).toBe(0);
        tasks.push([...stdout.matchAll(/\b400\d{5}\b/g)].map(([number]) => number));
      }
      expect(new Set(tasks[0]).size).toBeGreaterThan(0);
      expect(new Set(tasks[1])).toEqual(new Set(tasks[0]));
    });

    it('tells the same of a task', async () => {
      for (const [, pbook] of both) {
        const { stdout } = await pbook('show', String(id), 'format=long');
        expect(stdout).toMatch(new RegExp(`${id}\\s+finished`));
        expect(stdout).toMatch(/\b50%\s+1\|1\|2\s+user\.alice\.task\d+\//);
        const plain = (await pbook('show', String(id), 'format=plain')).stdout;
        for (const [name, value] of [
          ['jeditaskid', String(id)],
          ['username', 'Root|Alice|\\S+'],
          ['superstatus', 'finished'],
          ['pctfinished', '50%'],
          ['nfilesfailed', '1'],
        ] as const)
          expect(plain).toMatch(new RegExp(`${name}\\s+(?:${value})`));
      }
    });

    it('has JSON where the original prints nothing', async () => {
      expect((await theirs('show', String(id), 'format=json')).stdout).not.toContain('jediTaskID');
      const [found] = JSON.parse((await ours('show', String(id), 'format=json')).stdout) as object[];
      expect(found).toMatchObject({ jediTaskID: id, status: 'finished', nFilesFailed: 1 });
    });

    it('says that a task is not there, of which the original shows an empty table', async () => {
      expect((await theirs('show', '49999999')).exitCode).toBe(0);
      const { exitCode, stderr } = await ours('show', '49999999');
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('knows nothing of task 49999999')]);
    });
  });

  it.each([
    ['kill', 'aborted'],
    ['finish', 'failed'],
  ])('%s ends with the status %s', async (verb, status) => {
    for (const [name, pbook] of both) {
      const id = await slow();
      const { exitCode } = await pbook(verb, String(id));
      expect([name, exitCode, await rig.taskStatus(id, status)]).toEqual([name, 0, status]);
    }
  });

  it('finish soft=True lets the jobs that run come to their end', async () => {
    const gate = join(rig.cli.work, 'soft');
    for (const [name, pbook] of both) {
      const id = await task(`while ! test -f ${gate}; do sleep 0.1; done; echo x > o.txt`, 'running');
      const { exitCode } = await pbook('finish', String(id), 'soft=True');
      writeFileSync(gate, '');
      expect([name, exitCode, await rig.taskStatus(id, 'done')]).toEqual([name, 0, 'done']);
      rmSync(gate);
    }
  });

  it('kill of several stops the others when one refuses; the original may end with 0', async () => {
    for (const [name, pbook] of both) {
      const [ended, runs] = [await done(), await slow()];
      const { exitCode, stdout, stderr } = await pbook('kill', `${ended},${runs}`);
      expect(stdout + stderr).toContain('not accepted if the task is in done status');
      expect(await rig.taskStatus(runs, 'aborted')).toBe('aborted');
      if (name === 'ours') expect(exitCode).toBe(1);
    }
  });

  it('kill of a request stops its tasks that run; the original stops at the first that has ended', async () => {
    for (const [, pbook] of both) {
      const id = await request();
      await expect.poll(() => ours('show', String(id)).then(({ stdout }) => stdout)).toMatch(/running/);
      await pbook('kill', String(id));
      const shown = (await ours('show', String(id), 'format=json')).stdout;
      const tasks = JSON.parse(shown) as readonly { readonly jediTaskID: number }[];
      expect(tasks.length).toBeGreaterThan(0);
      for (const { jediTaskID } of tasks) await rig.taskStatus(jediTaskID, 'aborted');
    }
  });

  it('kill all stops everything that runs', async () => {
    for (const [, pbook] of both) {
      const ids = [await slow(), await slow()];
      expect((await pbook('kill', 'all')).exitCode).toBe(0);
      for (const id of ids) expect(await rig.taskStatus(id, 'aborted')).toBe('aborted');
    }
  });

  it.each(['kill', 'finish', 'retry'])('%s refuses a task that is not there', async (verb) => {
    for (const [name, pbook] of both) {
      const { exitCode, stdout, stderr } = await pbook(verb, '49999999');
      expect(stdout + stderr).toContain('not the task owner');
      if (name === 'ours') expect(exitCode).toBe(4);
      else expect(exitCode).not.toBe(4);
    }
  });

  it('retry runs failed jobs again, with other values too, and refuses what is done', async () => {
    for (const [name, pbook] of both) {
      const id = await partly();
      const again = await pbook('retry', String(id));
      expect([name, again.exitCode]).toEqual([name, 0]);
      expect(again.stdout + again.stderr).toContain('command=retry is registered');
      await rig.taskStatus(id, 'finished');
      const changed = await pbook('retry', String(id), 'nFilesPerJob=1', 'excludedSite=A,B');
      expect(changed.stdout + changed.stderr).toContain('reactivation accepted');
      const refused = await pbook('retry', String(await done()));
      expect(refused.stdout + refused.stderr).toContain('not accepted if the task is in done status');
      if (name === 'ours') expect(refused.exitCode).toBe(1);
    }
  });

  it('retry all runs what is finished again', async () => {
    for (const [, pbook] of both) {
      const id = await partly();
      const { stdout, stderr } = await pbook('retry', 'all', 'days=1');
      expect(stdout + stderr).toContain(`command=retry is registered for task ID ${id}`);
      await rig.taskStatus(id, 'finished');
    }
  });

  it('killAndRetry stops a task, waits and starts it again; the original has it no more', async () => {
    const mark = join(rig.cli.work, 'mark');
    // Each job sleeps when it runs for the first time.
    const once = `test -f ${mark}%RNDM:0 || { echo > ${mark}%RNDM:0; sleep 100; }; echo x > o.txt`;
    const id = await task(once, 'running');
    await expect.poll(() => existsSync(`${mark}0`) && existsSync(`${mark}1`)).toBe(true);
    const { exitCode, stderr } = await ours('killAndRetry', String(id));
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('command=retry is registered')]);
    expect(await rig.taskStatus(id, 'done')).toBe('done');
  });

  it('pause and resume do what they say; the original has no words for them', async () => {
    const id = await slow();
    expect((await ours('pause', String(id))).exitCode).toBe(0);
    expect(await rig.taskStatus(id, 'paused')).toBe('paused');
    expect((await ours('resume', String(id))).exitCode).toBe(0);
    expect(await rig.taskStatus(id, 'running', 'ready')).toMatch(/running|ready/);
    expect((await theirs('pause', String(id))).exitCode).not.toBe(0);
  });

  it('reload_input says what became of it', async () => {
    // Of 2.0 the original takes the one for the other; 2.2 does not.
    const runs = await slow();
    const refused = await ours('reload_input', String(runs));
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('not accepted')]);
    for (const [name, pbook] of both) {
      const id = await done();
      const { exitCode, stderr } = await pbook('reload_input', String(id));
      if (name === 'ours')
        expect([exitCode, stderr]).toEqual([0, expect.stringContaining('incexec is registered')]);
      expect(await rig.taskStatus(id, 'done', 'finished')).toMatch(/done|finished/);
    }
  });

  it('get_user_job_metadata writes the same', async () => {
    const exec = `echo '{"events": %RNDM:7}' > userJobMetadata.json; echo x > o.txt`;
    const id = await task(exec, 'done');
    const written = [];
    for (const [, pbook] of both) {
      const file = join(rig.cli.work, 'metadata.json');
      expect((await pbook('get_user_job_metadata', String(id), 'metadata.json')).exitCode).toBe(0);
      written.push(JSON.parse(readFileSync(file, 'utf8')));
      rmSync(file);
    }
    expect(written[1]).toEqual(written[0]);
    expect(Object.values(written[1] as object)).toEqual([{ events: 7 }, { events: 8 }]);
    const printed = await ours('getUserJobMetadata', String(id), '-');
    expect(JSON.parse(printed.stdout)).toEqual(written[0]);
    const lost = await ours('get_user_job_metadata', String(id), 'no/such/folder/m.json');
    expect([lost.exitCode, lost.stderr]).toEqual([3, expect.stringContaining('cannot write')]);
  });

  it('recover_lost_files gives the address of a log', async () => {
    const id = await done();
    for (const [, pbook] of both) {
      for (const more of [[], ['test_mode=True']]) {
        const { exitCode, stdout } = await pbook('recover_lost_files', String(id), ...more);
        expect(exitCode).toBe(0);
        const url = /http:\/\/[^'"\s]+\.log/.exec(stdout)?.[0] ?? '';
        expect(await (await fetch(url)).text()).toContain(`task ${id}: no output file is lost`);
      }
    }
  });

  it('debug tells what the server said; the original tells the contrary', async () => {
    const id = await slow();
    const [job] = (await rig.ask(`task/get_job_ids?task_id=${id}`)) as readonly number[];
    const said = await theirs('debug', String(job), 'True');
    expect(said.stdout + said.stderr).not.toContain('debug output is on');
    const on = await ours('debug', String(job), 'True');
    expect([on.exitCode, on.stderr]).toEqual([0, `job ${job}: debug output is on\n`]);
    const off = await ours('set_debug_mode', String(job), 'False');
    expect([off.exitCode, off.stderr]).toEqual([1, expect.stringContaining('cannot be switched off')]);
  });

  it('commands on workflows end in the same state', async () => {
    const states = [];
    for (const [, pbook] of both) {
      const id = await request();
      await expect.poll(() => requestStatus(id)).toBe('Transforming');
      const seen = [];
      for (const [verb, status] of [
        ['pause_workflow', 'Suspended'],
        ['resume_workflow', 'Transforming'],
        ['kill_workflow', 'Cancelled'],
        ['retry_workflow', 'Transforming'],
        ['finish_workflow', 'Finished'],
      ] as const) {
        const { exitCode } = await pbook(verb, String(id));
        // The job that runs comes to its end then.
        if (verb === 'finish_workflow') writeFileSync(join(rig.cli.work, 'open'), '');
        await expect
          .poll(() => requestStatus(id), { timeout: 30_000 })
          .toMatch(new RegExp(`^(?:${status})$`));
        seen.push([verb, exitCode]);
      }
      rmSync(join(rig.cli.work, 'open'), { force: true });
      states.push(seen);
    }
    expect(states[1]).toEqual(states[0]);
  });

  it('a workflow that is not there is told by the exit code; that of the original is 0', async () => {
    for (const verb of ['show_workflow', 'kill_workflow', 'retry_workflow']) {
      expect((await theirs(verb, '99999')).exitCode).toBe(0);
      const { exitCode, stderr } = await ours(verb, '99999');
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('knows no request 99999')]);
    }
  });

  it('secrets of one are those of the other', async () => {
    writeFileSync(join(rig.cli.work, 'secret.txt'), 'in a file\n');
    for (const [, pbook] of both) {
      expect((await pbook('set_secret', 'A_KEY', 'hush-hush')).exitCode).toBe(0);
      expect((await pbook('set_secret', 'A_FILE', 'secret.txt', 'is_file=True')).exitCode).toBe(0);
      const shown = await theirs('list_secrets', 'full=True');
      expect(shown.stdout).toMatch(/A_KEY +hush-hush/);
      expect(shown.stdout).toMatch(/A_FILE +aW4gYSBmaWxlCg==/);
      expect((await ours('list_secrets')).stdout).toBe('Key\tValue\nA_FILE\t********\nA_KEY\t********\n');
      // The original takes a file for a value of the same name, and says that it is gone.
      await pbook('delete_secret', 'A_FILE');
      const left = (await ours('list_secrets')).stdout;
      expect(left.includes('A_FILE')).toBe(pbook === theirs);
      await pbook('delete_all_secrets', ...(pbook === ours ? ['--yes'] : []));
      expect((await ours('list_secrets')).stdout).toBe('');
    }
  });

  it('the calls of the prompt are the same by -c', async () => {
    const id = await done();
    for (const [, pbook] of both) {
      const { stdout, exitCode } = await pbook('-c', `show(${id}, format='long')`);
      expect([exitCode, stdout.includes(String(id))]).toEqual([0, true]);
    }
    // What the original runs, ours refuses.
    const trap = join(rig.cli.work, 'trap');
    const { exitCode } = await ours('-c', `open('${trap}', 'w')`);
    expect([exitCode, existsSync(trap)]).toEqual([2, false]);
  });
}

const workflow = (gate: string): string => `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: slow/outDS}
steps:
  slow:
    run: prun
    in:
      opt_exec: {default: "while ! test -f ${gate}; do sleep 0.1; done; echo x > o.txt"}
      opt_args: {default: "--outputs o.txt --nJobs 1"}
    out: [outDS]
`;

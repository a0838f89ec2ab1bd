// The official PanDA client, unmodified, against the embedded server: what it submits runs, what it asks is answered.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackTarGz } from '../../src/archive/unpack.ts';
import { IdentityProvider } from '../rigs/identity-provider.ts';
import { describeWithClient, type PythonClient } from '../rigs/python-client.ts';
import { joiningChain as workflow } from '../rigs/small-chain.ts';
import { numberAfter, PandaClientRig } from './panda-rig.ts';

describeWithClient('panda-client', 'PCHAIN_TEST_PANDA_CLIENT', suite);
describeWithClient('panda-client with curl', 'PCHAIN_TEST_PANDA_CLIENT_CURL', suite);

function suite(client: PythonClient): void {
  const rig = new PandaClientRig(client);
  beforeAll(async () => {
    await rig.start();
    rig.cli.write({ 'test.cwl': workflow, 'dummy.yaml': '' });
  });
  afterAll(() => rig.stop());

  const pchain = (outDS: string, ...more: string[]): Promise<string> =>
    rig.say('pchain', '--cwl', 'test.cwl', '--yaml', 'dummy.yaml', '--outDS', outDS, ...more);

  describe('pchain', () => {
    it('has a workflow verified', async () => {
      const said = await pchain('user.alice.check', '--check', '--debug');
      expect(said).toContain('INFO : successfully verified workflow description');
      expect(said).toContain('ID:1 Name:bottom Type:prun\n  Parent:0');
      expect(said).toContain('Default Link ID:0 is_started -> ID:1');
    });

    it('is told what is wrong with one', async () => {
      rig.cli.write({ 'wrong.cwl': workflow.replace('opt_exec', 'opt_exek') });
      const said = await rig.say(
        ...['pchain', '--cwl', 'wrong.cwl', '--yaml', 'dummy.yaml', '--outDS', 'user.alice.wrong', '--check'],
      );
      expect(said).toContain('workflow description is corrupted');
      expect(said).toMatch(/error\[workflow\/missing-parameter\].*`opt_exek`/);
    });

    it('sends nothing with --noSubmit', async () => {
      const before = await rig.ask('task/get_tasks_detailed_info_since');
      await pchain('user.alice.dry', '--noSubmit');
      expect(await rig.ask('task/get_tasks_detailed_info_since')).toEqual(before);
    });

    it('submits a workflow that runs to its end, and pchain fetches its outputs', async () => {
      const said = await pchain('user.alice.theirs');
      const id = numberAfter('successfully submitted with request_id=', said);
      const followed = await rig.cli.run(['follow', String(id), '--output', 'theirs.tar.gz']);
      expect(followed.exitCode, followed.stderr).toBe(0);
      const out = join(rig.cli.work, 'theirs');
      await unpackTarGz(join(rig.cli.work, 'theirs.tar.gz'), out, { maxBytes: 1e6, maxMembers: 100 });
      const files = rig.cli.filesBelow(out).filter((name) => name.endsWith('.results.txt'));
      expect(files).toHaveLength(1);
      expect(readFileSync(join(out, files[0] ?? ''), 'utf8')).toBe('10\n11\n12\n');
    });
  });

  it('sees a workflow that pchain submitted', async () => {
    const ours = await rig.cli.run(
      ['--cwl', 'test.cwl', '--yaml', 'dummy.yaml', '--outDS', 'user.alice.ours', '--wait'],
      { env: { PANDA_NICKNAME: 'alice' } },
    );
    expect(ours.exitCode, ours.stderr).toBe(0);
    const id = numberAfter('submitted as request ', ours.stderr);
    expect(await rig.say('pbook', 'show', String(id))).toMatch(
      new RegExp(`400\\d+ +${id} +done +100% +user\\.alice\\.ours_001_bottom/`),
    );
    expect(await rig.say('pbook', 'show_workflow', String(id))).toMatch(
      new RegExp(`${id} +workflow:user\\.alice\\.ours +Finished +\\{\\}`),
    );
  });

  describe('prun', () => {
    const prun = (...args: string[]): Promise<string> => rig.say('prun', ...args);

    it('submits a task that runs, and another one over its output', async () => {
      const image = ['--containerImage', 'docker://busybox'];
      const made = await prun(
        ...['--exec', "echo 'a b' %RNDM:5 > out.txt", '--outputs', 'out.txt,log:run.log', '--nJobs', '3'],
        ...['--outDS', 'user.alice.made', ...image],
      );
      // Of two outputs one is not made: the jobs fail and say so.
      const failing = numberAfter('new jediTaskID=', made);
      await rig.taskStatus(failing, 'failed');
      const good = await prun(
        ...['--exec', "echo 'a b' %RNDM:5 > out.txt", '--outputs', 'out.txt', '--nJobs', '3'],
        ...['--outDS', 'user.alice.good', ...image],
      );
      await rig.taskStatus(numberAfter('new jediTaskID=', good), 'done');
      writeFileSync(join(rig.cli.work, 'add.sh'), 'cat $(echo $1 | tr , " ") > sum.txt\n');
      const summed = await prun(
        ...['--exec', 'sh add.sh %IN', '--inDS', 'user.alice.good_out.txt', '--nFilesPerJob', '2'],
        ...['--outputs', 'sum.txt', '--outDS', 'user.alice.sum', '--noBuild'],
      );
      const task = numberAfter('new jediTaskID=', summed);
      await rig.taskStatus(task, 'done');
      await rig.cli.run(['fetch', '--dataset', 'user.alice.sum_sum.txt', '--to', 'sum']);
      const files = rig.cli.filesBelow(join(rig.cli.work, 'sum')).toSorted();
      expect(files.map((name) => readFileSync(join(rig.cli.work, 'sum', name), 'utf8'))).toEqual([
        'a b 5\na b 6\n',
        'a b 7\n',
      ]);
    });

    it('runs the command of a build before the payload', async () => {
      const said = await prun(
        ...['--exec', 'cat built > o.txt', '--bexec', 'echo compiled > built', '--outputs', 'o.txt'],
        ...['--outDS', 'user.alice.built'],
      );
      await rig.taskStatus(numberAfter('new jediTaskID=', said), 'done');
      await rig.cli.run(['fetch', '--dataset', 'user.alice.built_o.txt', '--to', 'built']);
      const [file = ''] = rig.cli.filesBelow(join(rig.cli.work, 'built'));
      expect(readFileSync(join(rig.cli.work, 'built', file), 'utf8')).toBe('compiled\n');
    });

    it('is refused a name that is in use', async () => {
      const twice = ['--exec', 'true', '--outDS', 'user.alice.twice', '--noBuild'];
      const task = numberAfter('new jediTaskID=', await prun(...twice));
      await rig.taskStatus(task, 'done');
      const again = await rig.run(['prun', ...twice]);
      expect(again.stdout).toContain(`was made by jediTaskID=${task}, which ended in done status`);
      expect(again.exitCode).not.toBe(0);
    });

    it('has outputs merged, and the inputs of each job listed in a file', async () => {
      const made = await prun(
        ...[
          '--exec',
          'echo %RNDM:1 > a.txt',
          '--outDS',
          'user.alice.merged',
          '--outputs',
          'a.txt',
          '--noBuild',
        ],
        ...['--nJobs', '3', '--mergeOutput', '--site', 'CERN-PROD'],
      );
      await rig.taskStatus(numberAfter('new jediTaskID=', made), 'done');
      const listed = await prun(
        ...[
          '--exec',
          'cat in.lis > l.txt',
          '--outDS',
          'user.alice.listed',
          '--outputs',
          'l.txt',
          '--noBuild',
        ],
        ...['--inDS', 'user.alice.merged_a.txt', '--writeInputToTxt', 'IN:in.lis'],
      );
      await rig.taskStatus(numberAfter('new jediTaskID=', listed), 'done');
      await rig.cli.run(['fetch', '--dataset', 'user.alice.merged_a.txt', '--to', 'merged']);
      const [merged = '', ...others] = rig.cli.filesBelow(join(rig.cli.work, 'merged'));
      expect(others).toEqual([]);
      expect(readFileSync(join(rig.cli.work, 'merged', merged), 'utf8')).toBe('1\n2\n3\n');
      await rig.cli.run(['fetch', '--dataset', 'user.alice.listed_l.txt', '--to', 'listed']);
      const [list = ''] = rig.cli.filesBelow(join(rig.cli.work, 'listed'));
      expect(readFileSync(join(rig.cli.work, 'listed', list), 'utf8')).toBe(merged.split('/').at(-1));
    });

    it('is told what one machine cannot do', async () => {
      const said = await prun(
        ...['--exec', 'true', '--outDS', 'user.alice.release', '--noBuild', '--dbRelease', 'LATEST'],
      );
      expect(said).toContain('database releases are on the grid only');
    });
  });

  describe('pbook', () => {
    let task: number;
    const flag = (): string => join(rig.cli.work, 'go-on');
    const pbook = (...words: string[]): Promise<string> => rig.say('pbook', ...words);

    beforeAll(async () => {
      const said = await rig.say(
        ...['prun', '--exec', `test -f ${flag()} && echo {} > o.txt`, '--outputs', 'o.txt'],
        ...['--outDS', 'user.alice.book', '--noBuild', '--nJobs', '2'],
      );
      task = numberAfter('new jediTaskID=', said);
      await rig.taskStatus(task, 'failed');
    });

    it('shows tasks in every format', async () => {
      for (const format of ['standard', 'long', 'plain']) {
        const shown = await pbook('show', String(task), `format=${format}`);
        expect(shown).toContain('user.alice.book');
        expect(shown).toContain('failed');
      }
      expect(await pbook('showl', String(task))).toContain('user.alice.book');
    });

    it('retries the failed jobs', async () => {
      writeFileSync(flag(), '');
      expect(await pbook('retry', String(task))).toContain('command=retry is registered');
      await rig.taskStatus(task, 'done');
      expect(await pbook('retry', String(task))).toContain('not accepted if the task is in done status');
    });

    it('kills, finishes, pauses and resumes', async () => {
      const waiting = async (outDS: string): Promise<number> => {
        const said = await rig.say(
          ...['prun', '--exec', 'sleep 100', '--outDS', outDS, '--noBuild', '--nJobs', '1'],
        );
        const id = numberAfter('new jediTaskID=', said);
        await rig.taskStatus(id, 'running');
        return id;
      };
      const first = await waiting('user.alice.kill');
      expect((await rig.run(['pbook', 'kill', String(first)])).exitCode).toBe(0);
      expect(await rig.taskStatus(first, 'aborted')).toBe('aborted');
      expect(await pbook('kill', String(first))).toContain('not accepted if the task is in aborted status');
      const second = await waiting('user.alice.finish');
      expect((await rig.run(['pbook', 'finish', String(second)])).exitCode).toBe(0);
      expect(await rig.taskStatus(second, 'failed', 'finished')).toBe('failed');
    });

    it('commands whole workflows', async () => {
      const gate = join(rig.cli.work, 'open');
      const held = `while ! test -f ${gate}; do sleep 0.1; done; echo %RNDM:10`;
      rig.cli.write({ 'slow.cwl': workflow.replace('echo %RNDM:10', held) });
      const said = await rig.say(
        ...['pchain', '--cwl', 'slow.cwl', '--yaml', 'dummy.yaml', '--outDS', 'user.alice.slow'],
      );
      const id = String(numberAfter('successfully submitted with request_id=', said));
      expect(await pbook('pause_workflow', id)).toContain('Command registered successfully');
      expect(await pbook('show_workflow', id)).toContain('Suspended');
      expect(await pbook('resume_workflow', id)).toContain('Command registered successfully');
      expect(await pbook('show_workflow', id)).toContain('Transforming');
      expect(await pbook('kill_workflow', id)).toContain('Command registered successfully');
      expect(await pbook('kill_workflow', '99999')).toContain('request 99999 is not found');
      const ended = await rig.cli.run(['follow', id]);
      expect(ended.exitCode).toBe(1);
      expect(await pbook('show_workflow', id)).toContain('Cancelled');
      writeFileSync(gate, '');
      expect(await pbook('retry_workflow', id)).toContain('Command registered successfully');
      expect((await rig.cli.run(['follow', id])).exitCode).toBe(0);
      expect(await pbook('finish_workflow', id)).toContain('has ended already: Finished');
    });

    it('keeps secrets', async () => {
      rig.cli.write({ 'secret.txt': 'in a file\n' });
      expect(await pbook('set_secret', 'MY_KEY', 'rather-secret')).toContain('Secret set successfully');
      expect(await pbook('set_secret', 'MY_FILE', 'secret.txt', 'is_file=True')).toContain(
        'Secret set successfully',
      );
      expect(await pbook('list_secrets')).toMatch(/MY_KEY +rather-secret/);
      await pbook('delete_secret', 'MY_KEY');
      expect(await pbook('list_secrets')).not.toContain('MY_KEY');
      await pbook('delete_all_secrets');
      expect(await pbook('list_secrets')).toContain('No secrets');
    });

    it('collects what payloads said about themselves', async () => {
      const exec = `echo '{"events": 7}' > userJobMetadata.json`;
      const said = await rig.say('prun', '--exec', exec, '--outDS', 'user.alice.meta', '--noBuild');
      const id = numberAfter('new jediTaskID=', said);
      await rig.taskStatus(id, 'done');
      await pbook('get_user_job_metadata', String(id), 'meta.json');
      const written = JSON.parse(readFileSync(join(rig.cli.work, 'meta.json'), 'utf8')) as object;
      expect(Object.values(written)).toEqual([{ events: 7 }]);
    });

    it('has lost files made again', async () => {
      const said = await pbook('recover_lost_files', String(task));
      const url = /http:\/\/[^'"\s]+\.log/.exec(said)?.[0] ?? '';
      expect(await (await fetch(url)).text()).toContain(`task ${task}: no output file is lost`);
    });
  });
}

describeWithClient('panda-client that signs in by itself', 'PCHAIN_TEST_PANDA_CLIENT', signingIn);
describeWithClient(
  'panda-client with curl that signs in by itself',
  'PCHAIN_TEST_PANDA_CLIENT_CURL',
  signingIn,
);

/** The whole device flow: from the server to the identity provider, and back with its token. */
function signingIn(client: PythonClient): void {
  const rig = new PandaClientRig(client);
  let provider: IdentityProvider;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    provider.signForReal();
    rig.cli.write({ 'sign-in.json': JSON.stringify({ ...provider.configuration(), vo: 'local' }) });
    await rig.start(['--sign-in', 'sign-in.json']);
  });
  afterAll(async () => {
    await rig.stop();
    await provider.stop();
  });
  const withoutToken = { PANDA_AUTH_ID_TOKEN: undefined };

  it('gets in with the token of the provider, and needs no other the next time', async () => {
    const first = await rig.run(['pbook', 'show'], { env: withoutToken, input: 'y\n' });
    expect(first.stdout + first.stderr).toContain('Please go to');
    expect(first.stdout + first.stderr).toContain('PBook user: Alice Example');
    const asked = provider.seen.filter(({ path }) => path === '/token').length;
    const exec = [
      '--exec',
      'echo x > o.txt',
      '--outputs',
      'o.txt',
      '--outDS',
      'user.alice.signed',
      '--noBuild',
    ];
    const submitted = await rig.run(['prun', ...exec], { env: withoutToken });
    await rig.taskStatus(numberAfter('new jediTaskID=', submitted.stdout), 'done');
    expect(provider.seen.filter(({ path }) => path === '/token')).toHaveLength(asked);
  });

  it('is kept out with the token of somebody else', async () => {
    const token = provider.jwt({ preferred_username: 'mallory', name: 'Mallory' });
    const { stdout, stderr } = await rig.run(['pbook', 'list_secrets'], {
      env: { PANDA_AUTH_ID_TOKEN: token },
    });
    expect(stdout + stderr).toContain('this server belongs to another user');
  });
}

// The official REANA client against the server as a user starts it: an analysis from its creation to its end.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import type { RunningCli } from '../rigs/cli.ts';
import { describeWithClient, runClient } from '../rigs/python-client.ts';
import { ReanaClientHost } from './reana-client-host.ts';
import type { ClientResult } from './reana-client-host.ts';

const specification = `inputs:
  files: [code/count.sh, data/words.txt]
  directories: [more]
  parameters: {words: data/words.txt, text: plain}
workflow:
  type: serial
  specification:
    steps:
      - name: count
        environment: docker.io/library/debian:12
        commands: ['mkdir -p results; sh code/count.sh "\${words}" > results/count.txt']
      - name: tell
        environment: docker.io/library/debian:12
        commands: ['echo "\${text} $TOKEN" | tee results/told.txt; cat "$REANA_SECRETS_DIRECTORY/key.pem" | wc -c']
workspace:
  retention_days: {'**/*.tmp': 3}
outputs:
  files: [results/count.txt]
  directories: [results]
`;

const oddNames = [
  'with space.txt',
  'per%cent%20.txt',
  'plus+and&=.txt',
  'ünï-ç.txt',
  'quo\'te".txt',
  'empty',
];

describeWithClient('reana-client', 'PCHAIN_TEST_REANA_CLIENT', (client) => {
  const cli = new CliRig();
  let serving: RunningCli;
  let host: ReanaClientHost;
  let env: Record<string, string>;
  const run = (...args: string[]): Promise<ClientResult> => host.run(args, { cwd: cli.work, env });
  /** What it printed; fails when it failed. */
  const say = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(exitCode, `${args.join(' ')}:\n${stdout}${stderr}`).toBe(0);
    return stdout + stderr;
  };

  beforeAll(async () => {
    host = new ReanaClientHost(client);
    serving = cli.start(['serve']);
    await serving.said(/ serves http/);
    const record = JSON.parse(readFileSync(join(cli.dataDirectory, 'server.json'), 'utf8')) as Record<
      string,
      string
    >;
    env = {
      REANA_SERVER_URL: record['url'] ?? '',
      REANA_ACCESS_TOKEN: record['token'] ?? '',
      REANA_WORKON: 'words',
    };
    cli.write({
      'reana.yaml': specification,
      'code/count.sh': 'mkdir -p results; wc -w < "$1"; touch results/left.tmp\n',
      'data/words.txt': 'one two three\n',
      'more/a/b.txt': 'b',
      'key.pem': 'secret key',
      ...Object.fromEntries(oddNames.map((name) => [`odd/${name}`, name === 'empty' ? '' : `in ${name}`])),
    });
  });
  afterAll(async () => {
    host.close();
    serving.process.kill('SIGTERM');
    await serving.result;
    cli.remove();
  });

  it('starts as a program of its own', async () => {
    const { exitCode, stdout } = await runClient(client, ['reana-client', 'ping'], {
      cwd: cli.work,
      env: { ...env, HOME: cli.home },
    });
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/REANA server version: 0\.9\.4\n[^]*Status: Connected\n$/),
    ]);
  });

  it('runs an analysis, with its secrets, and gets its outputs', async () => {
    expect(await say('secrets-add', '--env', 'TOKEN=very-secret', '--file', 'key.pem')).toContain(
      'successfully uploaded',
    );
    expect(await say('create', '-w', 'words')).toMatch(/^words\.1$/m);
    expect(await say('upload')).toMatch(/more\/a\/b\.txt was successfully uploaded/);
    const followed = await say('start', '--follow', '-p', 'text=changed');
    expect(followed).toMatch(/words has finished/);
    expect(followed).toContain('/api/workflows/words/workspace/results/count.txt');
    expect(await say('status')).toMatch(/^words +1 .* finished +2\/2/m);
    const id = /"id": "([^"]+)"/.exec(await say('status', '-v', '--json'))?.[1] ?? '';
    expect(await say('status', '-w', id)).toMatch(/^words +1 /m);
    const logs = await say('logs');
    expect(logs).toMatch(/==> Step: count\n/);
    expect(logs).toContain('changed');
    // The value of a secret never comes back, not even in a log of a command that printed it.
    expect(logs).not.toContain('very-secret');
    await say('download');
    expect(readFileSync(join(cli.work, 'results/count.txt'), 'utf8').trim()).toBe('3');
    expect(readdirSync(cli.work).some((name) => /^download_words\.1_results_.*\.zip$/.test(name))).toBe(true);
    expect(await say('download', '-o', '-', 'results/count.txt')).toContain('3\n');
  });

  it('keeps files of any name', async () => {
    await say('upload', 'odd');
    const listed = JSON.parse(await say('ls', 'odd', '--json')) as { name: string; size: number }[];
    expect(listed.map(({ name }) => name).sort()).toEqual(oddNames.map((name) => `odd/${name}`).sort());
    for (const name of oddNames) {
      // The client of 0.9 does not encode names that it asks for, so a `%` arrives as what it stands for.
      if (name.includes('%')) continue;
      await say('download', `odd/${name}`, '-o', 'got');
      expect(readFileSync(join(cli.work, 'got/odd', name), 'utf8'), name).toBe(
        name === 'empty' ? '' : `in ${name}`,
      );
    }
    expect(await say('mv', 'odd/with space.txt', 'odd/moved.txt')).toContain('successfully moved');
    expect(await say('rm', 'odd/*')).toContain(
      `${String(oddNames.filter((name) => name !== 'empty').reduce((sum, name) => sum + Buffer.byteLength(`in ${name}`), 0))} bytes freed up`,
    );
    expect((await run('rm', '../*')).exitCode).toBe(1);
    expect((await run('ls', 'odd', '--json')).stdout.trim()).toBe('[]');
  });

  it('restarts a run in its workspace, as a whole and in part', async () => {
    expect(await say('restart', '-w', 'words.1')).toMatch(
      /words\.1\.1 (?:has been queued|is running|has finished)/,
    );
    await settled('words.1.1');
    expect(await say('restart', '-w', 'words.1', '-p', 'text=again', '-o', 'FROM=tell')).toContain(
      'words.1.2',
    );
    await settled('words.1.2');
    expect(await say('status', '-w', 'words.1.2')).toMatch(/^words +1\.2 .* finished +1\/1/m);
    expect(await say('download', '-w', 'words.1.2', '-o', '-', 'results/told.txt')).toContain('again');
    writeFileSync(
      join(cli.work, 'other.yaml'),
      specification.replace('${text} $TOKEN', 'all new ${text} ${words}'),
    );
    await say('restart', '-w', 'words.1', '-f', 'other.yaml');
    await settled('words.1.3');
    expect(await say('download', '-w', 'words', '-o', '-', 'results/told.txt')).toContain('all new');
    const wrong = await run('restart', '-w', 'words.1', '-o', 'FROM=nowhere');
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('`FROM` names the step `nowhere`'),
    ]);
  });

  it('lists runs with filters and pages', async () => {
    for (const name of ['one', 'two', 'twofold']) await say('create', '-w', name);
    expect(rows(await say('list', '--filter', 'name=two'))).toEqual(['twofold 1', 'two 1']);
    expect(rows(await say('list', '--page', '2', '--size', '2'))).toEqual(['one 1', 'words 1.3']);
    expect(rows(await say('list', '--filter', 'status=created'))).toEqual(['twofold 1', 'two 1', 'one 1']);
    expect(await say('list', '-v', '--json')).toMatch(/"size": [1-9]/);
    expect(rows(await say('list', '--sessions'))).toEqual([]);
  });

  it('stops a run and deletes it', async () => {
    writeFileSync(
      join(cli.work, 'long.yaml'),
      specification.replace(/commands: \['mkdir[^\n]*/, "commands: ['sleep 60']"),
    );
    await say('create', '-w', 'long', '-f', 'long.yaml');
    await say('start', '-w', 'long');
    expect((await run('delete', '-w', 'long')).stderr).toContain(
      'cannot be deleted as it is currently running',
    );
    expect((await run('start', '-w', 'long')).stderr).toContain(
      'already running and cannot be started again',
    );
    expect((await run('mv', '-w', 'long', 'a', 'b')).stderr).toContain('is running');
    expect(await say('stop', '-w', 'long', '--force')).toContain('long has been stopped');
    expect(await say('status', '-w', 'long')).toContain('stopped');
    expect(await say('delete', '-w', 'long')).toContain('long has been deleted');
    expect((await run('ls', '-w', 'long')).stderr).toContain('Workspace does not exist.');
    expect(rows(await say('list', '--all', '--filter', 'name=long'))).toEqual(['long 1']);
    expect(await say('delete', '-w', 'words.1', '--include-all-runs')).toContain(
      "All workflows named 'words' have been deleted",
    );
  });

  it('tells differences, usage, rules and what is not offered here', async () => {
    await say('upload', '-w', 'two', 'data/words.txt');
    expect(await say('diff', 'one', 'two')).toContain('Only in two.1: data');
    expect(await say('du', '-w', 'two', '-s', '-h')).toMatch(/KiB +\./);
    expect(await say('quota-show', '--resource', 'disk')).toMatch(/^\d+ used/);
    expect(await say('quota-show', '--resource', 'cpu', '--report', 'usage')).toMatch(/^\d+/);
    expect(await say('retention-rules-list', '-w', 'two')).toMatch(/\*\*\/\*\.tmp +3 +- +created/);
    const prune = await say('prune', '-w', 'two');
    expect(prune).toContain('correctly pruned');
    expect((await run('open', '-w', 'two', 'jupyter')).stderr).toContain('offers no interactive sessions');
    expect((await run('close', '-w', 'two')).stderr).toContain('has no open interactive session');
    expect(await say('info')).toContain('List of supported compute backends: kubernetes');
  });

  it('adds, lists and deletes secrets, and never sees their values', async () => {
    expect(await say('secrets-list')).toMatch(/TOKEN +env[^]*key\.pem +file/);
    expect((await run('secrets-add', '--env', 'TOKEN=other')).exitCode).toBe(1);
    await say('secrets-add', '--env', 'TOKEN=other', '--overwrite');
    expect((await run('secrets-delete', 'TOKEN', 'NOPE')).exitCode).toBe(1);
    await say('secrets-delete', 'TOKEN', 'key.pem');
    expect(await say('secrets-list')).not.toContain('TOKEN');
  });

  it('runs a CWL workflow and a Yadage workflow', async () => {
    cli.write({
      'cwl.yaml': `inputs:
  files: [echo.cwl]
  parameters: {input: job.yml}
workflow: {type: cwl, file: echo.cwl}
outputs: {files: [outputs/said.txt]}
`,
      'job.yml': 'word: hello from cwl\n',
      'echo.cwl': `cwlVersion: v1.0
class: Workflow
inputs: {word: string}
outputs:
  said: {type: File, outputSource: say/said}
steps:
  say:
    in: {word: word}
    out: [said]
    run:
      class: CommandLineTool
      baseCommand: echo
      inputs: {word: {type: string, inputBinding: {}}}
      stdout: said.txt
      outputs: {said: stdout}
`,
      'yadage.yaml': `inputs:
  directories: [flow]
  parameters: {word: hello from yadage}
workflow: {type: yadage, file: flow/workflow.yml}
outputs: {files: [say/said.txt]}
`,
      'flow/workflow.yml': `stages:
  - name: say
    dependencies: [init]
    scheduler:
      scheduler_type: singlestep-stage
      parameters: {word: {step: init, output: word}, said: '{workdir}/said.txt'}
      step:
        process: {process_type: string-interpolated-cmd, cmd: 'echo {word} > {said}'}
        environment: {environment_type: docker-encapsulated, image: debian, imagetag: '12'}
        publisher: {publisher_type: frompar-pub, outputmap: {said: said}}
`,
    });
    for (const [name, file] of [
      ['cwl', 'outputs/said.txt'],
      ['yadage', 'say/said.txt'],
    ] as const) {
      const followed = await run('run', '-w', name, '-f', `${name}.yaml`, '--follow');
      const logs = followed.exitCode === 0 ? '' : (await run('logs', '-w', name)).stdout;
      expect([followed.exitCode, followed.stderr, logs]).toEqual([
        0,
        expect.not.stringContaining('ERROR'),
        '',
      ]);
      expect(await say('download', '-w', name, '-o', '-', file)).toContain(`hello from ${name}`);
      await say('download', '-w', name, '-o', 'fetched');
    }
  });

  it('leaves nothing beside its own directories', () => {
    expect(existsSync(join(cli.dataDirectory, 'reana'))).toBe(true);
    expect(serving.process.exitCode).toBeNull();
  });

  async function settled(name: string): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (/finished|failed/.test(await say('status', '-w', name))) return;
    }
    throw new Error(`${name} does not end`);
  }
});

/** The first two columns of a table. */
function rows(table: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(/ +/).slice(0, 2).join(' '));
}

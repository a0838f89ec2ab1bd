import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
});
afterEach(() => rig.remove());

function step(name: string, exec: string, extra = ''): string {
  return `  ${name}:\n    run: prun\n    in:\n${extra}      opt_exec:\n        default: ${JSON.stringify(exec)}\n      opt_args:\n        default: "--outputs out.txt"\n    out: [outDS]\n`;
}

function workflow(...steps: string[]): string {
  const last = /^ {2}(\w+):/.exec(steps.at(-1) ?? '')?.[1] ?? '';
  return `cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs:\n  o:\n    type: string\n    outputSource: ${last}/outDS\nsteps:\n${steps.join('')}`;
}

const submit = ['--cwl', 'w.cwl', '--outDS', 'user.alice.w'];

describe('a step that fails', () => {
  it('is shown with its command, status, log and directory, and is run again by `retry` and by the same command', async () => {
    const flag = join(rig.directory, 'flag');
    const exec = `for i in $(seq 30); do echo line $i; done; echo 'no luck' >&2; [ -e ${flag} ] || exit 3; echo fine > out.txt`;
    rig.write({
      'w.cwl': workflow(
        step('first', exec),
        step('second', 'cat %IN > out.txt', '      opt_inDS: first/outDS\n'),
      ),
    });
    const failed = await rig.run([...submit, '--wait']);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('error: step `first` failed with status 3');
    expect(failed.stderr).toContain('no luck');
    expect(failed.stderr).toContain('line 30');
    expect(failed.stderr).not.toContain('line 11\n');
    expect(failed.stderr).toContain('for i in $(seq 30)');
    const directory = /work dir {2}(\S+)/.exec(failed.stderr)?.[1] ?? '';
    expect(existsSync(directory)).toBe(true);
    expect(failed.stderr).toContain('`pchain retry 1`');

    writeFileSync(flag, '');
    const again = await rig.run([...submit, '--wait', '--output', 'w.tar.gz']);
    expect(again.stderr).toContain('its failed jobs run again');
    expect(again.exitCode).toBe(0);
    expect(existsSync(join(rig.work, 'w.tar.gz'))).toBe(true);
  });

  it('names the loser when a payload is killed for want of memory', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'kill -9 $$')) });
    const failed = await rig.run([...submit, '--wait']);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/failed with status 137 .*SIGKILL/);
    expect(failed.stderr).toContain('memory');
  });
});

describe('input datasets', () => {
  const reader = (name: string): string =>
    `cwlVersion: v1.2\nclass: Workflow\ninputs:\n  data: string\noutputs:\n  o:\n    type: string\n    outputSource: ${name}/outDS\nsteps:\n${step(name, "cat $(echo %IN | tr ',' ' ') > out.txt", '      opt_inDS: data\n')}`;

  it('that are not here are named, with how to give them', async () => {
    rig.write({ 'w.cwl': reader('top'), 'in.yaml': 'data: mc16:mc16.900248.HITS\n' });
    const { exitCode, stderr } = await rig.run([...submit, '--yaml', 'in.yaml', '--wait']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('error: the input dataset `mc16:mc16.900248.HITS` is not on this machine');
    expect(stderr).toContain("--dataset 'mc16:mc16.900248.HITS=PATH_OR_GLOB'");
  });

  it.each([
    ['by a flag', ['--dataset', 'mc16:mc16.900248.HITS=data/*.txt'], 'data: mc16:mc16.900248.HITS\n', ''],
    [
      'in the inputs YAML',
      [],
      "data: mc16:mc16.900248.HITS\npchain:\n  datasets:\n    'mc16:mc16.900248.HITS': data/*.txt\n",
      '',
    ],
    ['in the settings', [], 'data: mc16:mc16.900248.HITS/\n', 'settings'],
  ])('may be files here, named %s', async (_how, flags, inputs, settings) => {
    rig.write({ 'w.cwl': reader('top'), 'in.yaml': inputs, 'data/a.txt': 'one\n', 'data/b.txt': 'two\n' });
    if (settings !== '') {
      const { mkdirSync } = await import('node:fs');
      mkdirSync(join(rig.home, '.config/pchain'), { recursive: true });
      writeFileSync(
        join(rig.home, '.config/pchain/settings.yaml'),
        `datasets:\n  'mc16:mc16.900248.HITS': ${rig.work}/data/*.txt\n`,
      );
    }
    const { exitCode, stderr } = await rig.run([...submit, '--yaml', 'in.yaml', '--wait', ...flags]);
    expect(stderr).toContain('finished after');
    expect(exitCode).toBe(0);
    const fetched = await rig.run(['fetch', '--to', 'out']);
    expect(fetched.exitCode).toBe(0);
    const [file] = rig
      .filesBelow(join(rig.work, 'out'))
      .filter((name) => name.endsWith('.txt') && name.includes('_000001'));
    expect(readFileSync(join(rig.work, 'out', file ?? ''), 'utf8')).toBe('one\ntwo\n');
  });

  it('once given stay known, and can be fetched by name', async () => {
    rig.write({ 'w.cwl': reader('top'), 'in.yaml': 'data: mc16:mc16.900248.HITS\n', 'data/a.txt': 'one\n' });
    const dataset = 'mc16:mc16.900248.HITS';
    const first = await rig.run([...submit, '--yaml', 'in.yaml', '--wait', '--dataset', `${dataset}=data`]);
    expect(first.exitCode).toBe(0);
    const other = ['--cwl', 'w.cwl', '--outDS', 'user.alice.other', '--yaml', 'in.yaml', '--wait'];
    const second = await rig.run(other);
    expect(second.stderr).toContain('user.alice.other finished');
    const fetched = await rig.run(['fetch', '--dataset', dataset, '--to', 'copy']);
    expect(fetched.exitCode, fetched.stderr).toBe(0);
    expect(readFileSync(join(rig.work, 'copy/a.txt'), 'utf8')).toBe('one\n');
  });
});

describe('a store that was deleted', () => {
  it('is no reason to stop: the same command submits anew', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'echo 1 > out.txt')) });
    expect((await rig.run([...submit, '--wait'])).exitCode).toBe(0);
    rig.killServer();
    for (const name of rig.filesBelow(rig.dataDirectory).filter((file) => file.startsWith('engine.db'))) {
      rmSync(join(rig.dataDirectory, name), { force: true });
    }
    const again = await rig.run([...submit, '--wait']);
    expect(again.stderr).toContain('request 1 of this workflow is not on this machine any more');
    expect(again.exitCode).toBe(0);
  });
});

describe('two at once', () => {
  it('of the same command make one request; of different ones share the engine', async () => {
    rig.write({
      'w.cwl': workflow(step('first', `echo run >> ${rig.directory}/runs; sleep 0.5; echo 1 > out.txt`)),
    });
    const results = await Promise.all([
      rig.run([...submit, '--wait']),
      rig.run([...submit, '--wait']),
      rig.run(['--cwl', 'w.cwl', '--outDS', 'user.alice.v', '--wait']),
    ]);
    expect(results.map((result) => result.exitCode)).toEqual([0, 0, 0]);
    expect(readFileSync(join(rig.directory, 'runs'), 'utf8')).toBe('run\nrun\n');
  });
});

describe('watching', () => {
  it('ends on Ctrl-C with 130, says how to go on, and the work goes on', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'sleep 1; echo 1 > out.txt')) });
    const running = rig.start([...submit, '--wait']);
    await running.said('step first: running');
    running.process.kill('SIGINT');
    const { exitCode, stderr } = await running.result;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('stopped watching; request 1 goes on');
    expect(stderr).toContain('`pchain follow 1` shows it again, `pchain kill 1` ends it');
    const followed = await rig.run(['follow']);
    expect(followed.exitCode).toBe(0);
  });

  it('ends with 6 when the time allowed is over', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'sleep 30; echo 1 > out.txt')) });
    const { exitCode, stderr } = await rig.run([...submit, '--wait', '--timeout', '0.5']);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('request 1 has not ended in time; it goes on');
    const killed = await rig.run(['kill', '1']);
    expect(killed.exitCode).toBe(0);
    const after = await rig.run(['follow', '1']);
    expect(after.exitCode).toBe(1);
    expect(after.stderr).toContain('user.alice.w cancelled');
    expect((await rig.run(['kill', '1'])).exitCode).toBe(1);
  });

  it('is not needed: without --wait the number of the request is all that is printed, and is given once', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'sleep 0.5; echo 1 > out.txt')) });
    const first = await rig.run(submit);
    expect([first.exitCode, first.stdout]).toEqual([0, '1\n']);
    const second = await rig.run(submit);
    expect([second.exitCode, second.stdout]).toEqual([0, '1\n']);
    expect(second.stderr).toContain('going on with request 1');
    const status = await rig.run(['status', '--json']);
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../schemas/embedded.schema.json'), 'utf8'),
    ) as object;
    const ajv = new Ajv2020({ strict: false });
    const validate = ajv.compile({ ...schema, $ref: '#/$defs/RequestDocument' });
    expect(validate(JSON.parse(status.stdout)), JSON.stringify(validate.errors)).toBe(true);
    expect((await rig.run(['follow'])).exitCode).toBe(0);
    const list = JSON.parse((await rig.run(['list', '--json'])).stdout) as {
      submissions: { request_id: number; status: string }[];
    };
    expect(list.submissions).toMatchObject([{ request_id: 1, status: 'Finished', out_ds: 'user.alice.w' }]);
  });
});

describe('what cannot be done', () => {
  const withOptions = (options: string): string =>
    workflow(step('top', 'echo x > out.txt').replace('--outputs out.txt', `--outputs out.txt ${options}`));

  it('what only a grid has is refused in words before anything starts', async () => {
    rig.write({ 'w.cwl': withOptions('--dbRelease LATEST') });
    const { exitCode, stderr } = await rig.run([...submit, '--wait']);
    expect(stderr).toContain(
      'step `top` cannot run on this machine with `--dbRelease`: database releases are on the grid only',
    );
    expect(exitCode).toBe(33);
    expect((await rig.run(['list'])).stdout).toBe('');
  });

  it('options that place work on a grid are taken, and said to have no effect', async () => {
    rig.write({ 'w.cwl': withOptions('--site CERN --outDiskCount 2000') });
    const { exitCode, stderr } = await rig.run([...submit, '--wait', '-v']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('without effect on this machine: `--site`, `--outDiskCount` (-v says why)');
    expect(stderr).toContain('  `--site`: jobs run where you are');
  });

  it('a workflow with errors is not submitted', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'echo > out.txt')).replace('opt_exec', 'opt_exce') });
    const { exitCode, stderr } = await rig.run(submit);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('needs `opt_exec`, but has `opt_exce`');
    expect(rig.serverPid()).toBeUndefined();
  });

  it.each([
    [['--cwl', 'w.cwl'], 2, 'no name for the output is given'],
    [['--outDS', 'user.alice.w'], 2, 'no workflow is given'],
    [[...submit, '--output', 'w.zip'], 2, 'must end in `.tar`, `.tar.gz` or `.tgz`'],
    [[...submit, '--output', 'no/such/w.tar'], 3, 'the directory of `no/such/w.tar` does not exist'],
    [['follow'], 2, 'nothing was submitted from here yet'],
    [['follow', 'seven'], 2, '`seven` is not the id of a request'],
    [['folow'], 2, 'did you mean `follow`'],
    [['--cwl', '/etc/hostname', '--outDS', 'user.alice.w'], 2, 'is not below the current directory'],
  ])('`pchain %j` ends with %i and says why', async (args, code, words) => {
    rig.write({ 'w.cwl': workflow(step('first', 'echo > out.txt')) });
    const { exitCode, stdout, stderr } = await rig.run(args);
    expect(stderr).toContain(words);
    expect(exitCode).toBe(code);
    expect(stdout).toBe('');
  });
});

describe('reana without a server', () => {
  it('runs an analysis on this machine and packs its outputs', async () => {
    rig.write({
      'names.txt': 'Ada\n',
      'reana.yaml': `inputs: {files: [names.txt], parameters: {out: greetings.txt}}
workflow:
  type: serial
  specification:
    steps:
      - environment: docker.io/library/debian:12
        commands: ['sed "s/^/hello /" names.txt > "\${out}"']
outputs: {files: [greetings.txt]}
`,
    });
    const { exitCode, stderr } = await rig.run(['reana', 'run', '--output', 'out.tar']);
    expect(stderr).toContain('reana.1 is finished');
    expect(exitCode).toBe(0);
    expect(readFileSync(join(rig.work, 'out.tar'), 'utf8')).toContain('hello Ada');
    expect((await rig.run(['reana', 'list', '--json'])).stdout).toContain('"reana.1"');
  });

  it('asks for one in a job of the grid', async () => {
    const { exitCode, stderr } = await rig.run(['reana', 'ping'], { env: { PandaID: '7' } });
    expect(stderr).toContain('no REANA server is set');
    expect(exitCode).toBe(2);
    expect(rig.serverPid()).toBeUndefined();
  });
});

describe('--check', () => {
  it('opens no connection, starts nothing and leaves no file behind', async () => {
    rig.write({ 'w.cwl': workflow(step('first', 'echo > out.txt')) });
    const { exitCode, stdout } = await rig.run([...submit, '--check'], {
      env: { PANDA_URL_SSL: 'https://127.0.0.1:1/server/panda' },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('ID:0 Name:first Type:prun');
    expect(rig.filesBelow(rig.home)).toEqual([]);
  });
});

describe('forecast', () => {
  it('shows a workflow with errors as far as it goes, and says so with its exit code', async () => {
    const faulty = workflow(
      step('first', 'echo > out.txt'),
      step('second', 'cat %{DS2} > out.txt', '      opt_inDS: first/outDS\n'),
    );
    rig.write({ 'w.cwl': faulty });
    const { exitCode, stdout, stderr } = await rig.run(['forecast', ...submit, '--json']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('`%{DS2}` in `opt_exec` is unresolved');
    const { steps } = JSON.parse(stdout) as {
      steps: { id: number; name: string; parents: number[]; outputs: string[] }[];
    };
    expect(steps).toMatchObject([
      { id: 0, name: 'first', parents: [], outputs: ['user.alice.w_000_first'] },
      { id: 1, name: 'second', parents: [0], outputs: ['user.alice.w_001_second'] },
    ]);
  });
});

describe('a workflow under weather', () => {
  it('says so wherever it is shown, and is not taken for the same workflow without', async () => {
    rig.write({
      'w.cwl': workflow(step('first', 'echo fine > out.txt')),
      'night.yaml': 'weather:\n  failing_jobs: {share: 1, exit_status: 65}\n',
      'bad.yaml': 'weather:\n  failing_jobs: {shar: 1}\n',
    });
    const bad = await rig.run([...submit, '--weather', 'bad.yaml', '--wait']);
    expect(bad.exitCode).toBe(1);
    expect(bad.stderr).toContain('bad.yaml:2:18: error[weather/unknown-field]');
    const failed = await rig.run([...submit, '--weather', 'night.yaml', '--wait']);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('runs under weather: 100 % of jobs fail with status 65');
    const status = await rig.run(['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      request: { weather: ['100 % of jobs fail with status 65'] },
    });
    expect((await rig.run(['status'])).stdout).toContain('under weather: 100 % of jobs');
    const fine = await rig.run([...submit, '--wait']);
    expect(fine.exitCode).toBe(0);
    const remote = await rig.run([...submit, '--weather', 'night.yaml', '--server', 'https://127.0.0.1:9']);
    expect(remote.exitCode).toBe(2);
    expect(remote.stderr).toContain('`--weather` is for workflows on this machine');
  });
});

describe('a step with an image', () => {
  it('runs on this machine where no container engine is, and says so once; required, nothing is sent', async () => {
    const image = '      opt_containerImage:\n        default: "docker://busybox:1.36"\n';
    rig.write({ 'w.cwl': workflow(step('first', 'echo fine > out.txt', image)) });
    const never = await rig.run([...submit, '--containers', 'never', '--wait']);
    expect(never.exitCode).toBe(0);
    const said = never.stderr
      .split('\n')
      .filter((line) => line.includes('on this machine itself, not in the image'));
    expect(said).toHaveLength(1);
    const status = await rig.run(['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      tasks: [
        { container: { image: 'docker://busybox:1.36', engine: null, why: 'containers are switched off' } },
      ],
    });
    const env = { PATH: '/nowhere' };
    const required = await rig.run([...submit, '--containers', 'require', '--fresh'], { env });
    expect(required.exitCode).toBe(3);
    expect(required.stderr).toContain(
      'the image `docker://busybox:1.36` cannot be run: no container engine works here',
    );
    expect((await rig.run([...submit, '--containers', 'sometimes'])).exitCode).toBe(2);
  });
});

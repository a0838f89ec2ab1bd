import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WaitTimeout } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { offload } from '../../src/reana/offload/offload.ts';
import type { OffloadEvent, OffloadResult } from '../../src/reana/offload/offload-options.ts';
import { RunFailed } from '../../src/reana/offload/run-failed.ts';
import { faceRig, realClock, until } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';
import { analysisRig } from './rig.ts';
import type { AnalysisRig } from './rig.ts';

const oddName = 'data/a b#100%&+ç [1].txt';

const specification = `version: "0.6.0"
inputs:
  files:
    - code/fit.sh
    - data/empty.dat
    - "${oddName}"
  directories: [conf]
  parameters:
    dataset: VAR_INPUT
    events: 10
workflow:
  type: serial
  specification:
    steps:
      - name: fit
        environment: docker.io/library/python:3.12-slim
        commands:
          - sh code/fit.sh "\${dataset}" \${events}
      - name: plot
        environment: docker.io/library/python:3.12-slim
        commands:
          - |
            mkdir -p plots/deep && cp results/limit.txt "plots/deep/limit #1%.txt" && touch plots/empty.pdf
outputs:
  files: [results/limit.txt]
  directories: [plots]
`;

const files = {
  'reana.yaml': specification,
  'code/fit.sh':
    'mkdir -p results; { echo "$1 $2"; cat data/*.txt conf/deep/a.cfg; wc -c < data/empty.dat; } > results/limit.txt\n',
  'data/empty.dat': '',
  [oddName]: 'odd\n',
  'conf/deep/a.cfg': 'a=1\n',
  'conf/big.bin': Buffer.alloc(300_000, 7),
};
const set = new Map([['VAR_INPUT', 'user.jane:scan.root/']]);

let face: FaceRig;
let rig: AnalysisRig;
beforeEach(async () => {
  face = await faceRig();
  rig = analysisRig(face.url, files);
});
afterEach(async () => {
  await face.stop();
  rmSync(rig.directory, { recursive: true, force: true });
});

const creations = (): number => face.requests.filter((request) => request === 'POST /api/workflows').length;
const members = (tar: string): string[] =>
  execFileSync('tar', ['-tf', tar], { encoding: 'utf8' }).trim().split('\n');

function finished(result: OffloadResult): Extract<OffloadResult, { outcome: 'finished' }> {
  if (result.outcome !== 'finished') throw new Error(JSON.stringify(result));
  return result;
}

describe('offloading a workflow', () => {
  it('runs it on the server and packs the declared outputs into one tar', async () => {
    const result = finished(await offload(rig.options({ set, parameters: new Map([['events', '25']]) })));
    expect(result).toMatchObject({ outcome: 'finished', runName: 'fit.1', server: face.url });
    const tar = rig.path('out.tar');
    expect(members(tar)).toEqual([
      'plots/deep/limit #1%.txt',
      'plots/empty.pdf',
      'results/limit.txt',
      'MANIFEST.json',
    ]);
    const limit = execFileSync('tar', ['-xOf', tar, 'results/limit.txt'], { encoding: 'utf8' });
    expect(limit.replace(/^ +/m, '')).toBe('user.jane:scan.root/ 25\nodd\na=1\n0\n');
    expect(readdirSync(rig.directory).sort()).toEqual([
      '.pchain-reana-fit.json',
      'code',
      'conf',
      'data',
      'out.tar',
      'reana.yaml',
      'userJobMetadata.json',
    ]);
    expect(JSON.parse(readFileSync(rig.path('userJobMetadata.json'), 'utf8'))).toEqual({
      reana: { server: face.url, run_id: result.runId, run_name: 'fit.1', status: 'finished' },
    });
    const types = rig.events.map((event) => event.type);
    expect(types.slice(0, 3)).toEqual(['checked', 'connected', 'run']);
    const uploads = rig.events.filter((event) => event.type === 'upload');
    expect(uploads.at(-1)).toMatchObject({ doneFiles: 6, files: 6, skipped: 0 });
    expect(types.filter((type) => type === 'download')).toHaveLength(3);
    expect(types.at(-1)).toBe('packed');
    expect(face.requests.filter((request) => request.includes('/start'))).toHaveLength(1);
  });

  it('tells the server the PanDA job it is part of', async () => {
    const { runId } = finished(await offload(rig.options({ set, jobId: '6000000001' })));
    expect(face.engine.run(runId)?.jobId).toBe(6_000_000_001);
  });

  it('called again after it is done, answers from the journal without asking the server', async () => {
    const first = finished(await offload(rig.options({ set })));
    const asked = face.requests.length;
    const again = finished(await offload(rig.options({ set })));
    expect(again).toEqual(first);
    expect(face.requests.length).toBe(asked);
  });

  it('fetches the outputs of the same run again when the tar was deleted', async () => {
    const first = finished(await offload(rig.options({ set })));
    const bytes = readFileSync(rig.path('out.tar'));
    rmSync(rig.path('out.tar'));
    expect(finished(await offload(rig.options({ set })))).toEqual(first);
    expect(readFileSync(rig.path('out.tar')).equals(bytes)).toBe(true);
    expect(creations()).toBe(1);
  });

  it('makes a new run when an input has changed since the last one was done', async () => {
    await offload(rig.options({ set }));
    rig.write('conf/deep/a.cfg', 'a=2\n');
    expect(finished(await offload(rig.options({ set }))).runName).toBe('fit.2');
  });

  it('keeps other members of userJobMetadata.json', async () => {
    rig.write('userJobMetadata.json', '{"mine": 1}');
    await offload(rig.options({ set }));
    expect(JSON.parse(readFileSync(rig.path('userJobMetadata.json'), 'utf8'))).toMatchObject({
      mine: 1,
      reana: { run_name: 'fit.1' },
    });
  });

  it('asks no server when the specification or the inputs have errors', async () => {
    rig.write(
      'reana.yaml',
      specification
        .replace('data/empty.dat', 'data/absent.dat')
        .replace('type: serial', 'type: serial\n  resources: {cvmfs: [/cvmfs/x]}'),
    );
    rmSync(rig.path('conf'), { recursive: true });
    writeFileSync(rig.path('conf'), '');
    const result = await offload(rig.options({ set }));
    if (result.outcome !== 'invalid') throw new Error('it ran');
    expect(
      result.findings.map((finding) => `${finding.severity} ${finding.code}: ${finding.message}`),
    ).toEqual([
      'error reana/missing-input: input `data/absent.dat` does not exist',
      'error reana/wrong-kind-of-input: `conf` in `inputs.directories` is a file',
      'error reana/bad-cvmfs: `/cvmfs/x` is no CVMFS repository',
    ]);
    expect(face.requests).toEqual([]);
  });

  it('asks no server when the CWL of the workflow has errors', async () => {
    rig.write('reana.yaml', 'workflow: {type: cwl, file: fit.cwl}\noutputs: {directories: [outputs]}\n');
    rig.write(
      'fit.cwl',
      'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [true\ninputs: {}\noutputs: {}\n',
    );
    const result = await offload(rig.options());
    if (result.outcome !== 'invalid') throw new Error('it ran');
    expect(result.findings.map(({ code }) => code)).toContain('yaml/syntax');
    expect(face.requests).toEqual([]);
  });

  it('uploads neither ignored files nor links of a directory', async () => {
    rig.write('.gitignore', '*.log\n');
    rig.write('.reanaignore', 'conf/private/\n!*.log\n');
    rig.write('conf/noise.log', 'x');
    rig.write('conf/private/x', 'x');
    mkdirSync(rig.path('elsewhere'));
    symlinkSync(rig.path('elsewhere'), rig.path('conf/link'));
    const { runId } = finished(await offload(rig.options({ set })));
    const workspace = face.engine.run(runId)?.workspace ?? '';
    expect(readdirSync(join(workspace, 'conf'), { recursive: true }).sort()).toEqual([
      'big.bin',
      'deep',
      'deep/a.cfg',
    ]);
    const checked = rig.events.find((event) => event.type === 'checked');
    expect(checked?.type === 'checked' && checked.warnings.map((warning) => warning.message)).toContain(
      '`conf/link` is a symbolic link and is not uploaded',
    );
  });

  it('goes on with the run when the whole directory is an input, with all that pchain writes there', async () => {
    rig.write(
      'reana.yaml',
      specification.replace(/files:\n( {4}- .*\n)+ {2}directories: \[conf\]/, 'directories: [.]'),
    );
    const stop = new AbortController();
    const onEvent = (event: OffloadEvent): void => {
      if (event.type === 'started') stop.abort();
    };
    await expect(offload(rig.options({ set, signal: stop.signal, onEvent }))).rejects.toThrow(
      'stopped waiting',
    );
    const result = finished(await offload(rig.options({ set })));
    expect(result.runName).toBe('fit.1');
    expect(finished(await offload(rig.options({ set })))).toEqual(result);
    const workspace = face.engine.run(result.runId)?.workspace ?? '';
    expect(readdirSync(workspace)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/pchain|out\.tar|userJobMetadata/)]),
    );
    const checked = rig.events.findLast((event) => event.type === 'checked');
    expect(checked?.type === 'checked' && checked.leftOut).toContainEqual({
      name: 'out.tar',
      why: 'pchain writes it itself',
    });
  });

  it('adds secrets and keeps those that REANA has, unless asked to replace them', async () => {
    const secret = (text: string) => ({
      type: 'env' as const,
      value: new Secret(Buffer.from(text).toString('base64')),
    });
    face.engine.setReanaSecret('OLD', secret('from-before'));
    const secrets = new Map([
      ['OLD', secret('from-here-1')],
      ['NEW', secret('from-here-2')],
    ]);
    rig.write(
      'reana.yaml',
      specification.replace('- sh code', '- printf "$OLD $NEW" | tr a-z A-Z > secrets; sh code'),
    );
    await offload(rig.options({ set, secrets }));
    const seen = (number: number): string =>
      readFileSync(join(face.engine.run(`fit.${number}`)?.workspace ?? '', 'secrets'), 'utf8');
    expect(seen(1)).toBe('FROM-BEFORE FROM-HERE-2');
    expect(rig.events).toContainEqual({
      type: 'secrets',
      added: ['NEW'],
      replaced: [],
      same: [],
      kept: ['OLD'],
    });
    rig.write('conf/deep/a.cfg', 'changed');
    await offload(rig.options({ set, secrets, replaceSecrets: true }));
    expect(seen(2)).toBe('FROM-HERE-1 FROM-HERE-2');
    expect(readFileSync(rig.path('.pchain-reana-fit.json'), 'utf8')).not.toContain('from-here');
  });
});

describe('an offload that cannot succeed', () => {
  it('reports the failed step with the end of its log, and makes a new run the next time', async () => {
    rig.write('code/fit.sh', 'for i in $(seq 30); do echo "line $i"; done; exit 2\n');
    const failure = await offload(rig.options({ set })).catch((error: unknown) => error);
    if (!(failure instanceof RunFailed)) throw failure;
    expect(failure.exitCode).toBe(1);
    expect(failure).toMatchObject({ runName: 'fit.1', status: 'failed', step: 'fit' });
    expect(failure.logTail).toHaveLength(20);
    expect(failure.message.split('\n').slice(0, 3)).toEqual([
      'run `fit.1` failed in step `fit` with status 2',
      '  command: sh code/fit.sh "user.jane:scan.root/" 10',
      '  line 11',
    ]);
    expect(existsSync(rig.path('out.tar'))).toBe(false);
    expect(JSON.parse(readFileSync(rig.path('userJobMetadata.json'), 'utf8'))).toMatchObject({
      reana: { status: 'failed' },
    });
    await expect(offload(rig.options({ set }))).rejects.toThrow('run `fit.2` failed in step `fit`');
  });

  it('says which declared output the run did not make', async () => {
    rig.write(
      'reana.yaml',
      specification.replace('[results/limit.txt]', '[results/limit.txt, results/absent.txt]'),
    );
    await expect(offload(rig.options({ set }))).rejects.toThrow(
      'run `fit.1` finished, but did not make its output `results/absent.txt`',
    );
    expect(existsSync(rig.path('out.tar'))).toBe(false);
  });

  it('refuses names, tars and parameters that cannot work, before anything is sent', async () => {
    await expect(offload(rig.options({ set, name: 'a.b' }))).rejects.toThrow('`a.b` cannot name a run');
    await expect(offload(rig.options({ set, name: '../x' }))).rejects.toThrow('`../x` cannot name a run');
    await expect(offload(rig.options({ set, name: 'x'.repeat(101) }))).rejects.toThrow(
      'the name of a run has at most 100 characters, and this one has 101',
    );
    await expect(offload(rig.options({ set, outputTar: 'out.zip' }))).rejects.toThrow(
      'cannot tell from the name `out.zip` what kind of archive to write',
    );
    await expect(offload(rig.options({ set, parameters: new Map([['event', '1']]) }))).rejects.toMatchObject({
      message: expect.stringContaining('has no parameter `event`') as string,
      hint: 'did you mean `events`?',
    });
    await expect(offload(rig.options())).rejects.toThrow('`VAR_INPUT` in line 9 of');
    expect(face.requests).toEqual([]);
  });

  it('says that the token is refused', async () => {
    await expect(offload(rig.options({ set, token: new Secret('another-token') }))).rejects.toMatchObject({
      exitCode: 4,
      message: `\`${new URL(face.url).host}\` refuses the token: Token not valid.`,
    });
    expect(creations()).toBe(0);
  });

  it('refuses to mix two analyses under one journal', async () => {
    const stop = new AbortController();
    rig.write('code/fit.sh', 'sleep 30\n');
    const first = offload(
      rig.options({ set, signal: stop.signal, onEvent: (event) => event.type === 'started' && stop.abort() }),
    );
    await expect(first).rejects.toThrow('stopped waiting for run `fit.1`');
    const journal = rig.path('.pchain-reana-fit.json');
    await expect(offload(rig.options({ set: new Map([['VAR_INPUT', 'other']]) }))).rejects.toMatchObject({
      message: `run \`fit.1\` of this name is still under way on \`${face.url}\`, with another specification, other inputs or options`,
      hint: `go on with it all the same: \`--resume fit.1\`; use another \`--name\`; or give that run up: \`rm ${journal}\``,
    });
    await expect(offload(rig.options({ set, server: 'https://reana.example.org' }))).rejects.toMatchObject({
      message: `run \`fit.1\` of this name is still under way on \`${face.url}\`, which is another server than \`https://reana.example.org\``,
      hint: `use another \`--name\`; or give that run up: \`rm ${journal}\``,
    });
  });

  it('makes room for another analysis when the server has refused to make a run of this one', async () => {
    await face.stop();
    let quotaBytes = 0;
    face = await faceRig(undefined, {
      get diskBytes() {
        return quotaBytes;
      },
    });
    rig = analysisRig(face.url, files);
    await expect(offload(rig.options({ set }))).rejects.toThrow('quota');
    quotaBytes = Infinity;
    const other = offload(rig.options({ set: new Map([['VAR_INPUT', 'other']]) }));
    await expect(other).resolves.toMatchObject({ outcome: 'finished', runName: 'fit.1' });
  });

  it('says how to get what a run has made when its outputs were misspelt', async () => {
    const misspelt = specification.replace('results/limit.txt]', 'results/limits.txt]');
    rig.write('reana.yaml', misspelt);
    await expect(offload(rig.options({ set }))).rejects.toThrow(
      'did not make its output `results/limits.txt`',
    );
    rig.write('reana.yaml', specification);
    await expect(offload(rig.options({ set }))).rejects.toMatchObject({
      message: expect.stringContaining('run `fit.1` of this name has ended on') as string,
      hint: expect.stringContaining('go on with it all the same: `--resume fit.1`') as string,
    });
    expect(finished(await offload(rig.options({ set, resume: 'fit.1' })))).toMatchObject({
      runName: 'fit.1',
    });
  });

  it('is refused while another one is at work on the same journal', async () => {
    rig.write('code/fit.sh', 'sleep 30\n');
    const stop = new AbortController();
    let second: unknown;
    const first = offload(
      rig.options({
        set,
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type !== 'started') return;
          void offload(rig.options({ set })).catch((error: unknown) => {
            second = error;
            stop.abort();
          });
        },
      }),
    );
    await expect(first).rejects.toThrow('stopped waiting for run `fit.1`');
    expect(second).toMatchObject({
      exitCode: 3,
      message: 'another pchain is at work on run `fit` in this directory',
    });
    expect(creations()).toBe(1);
  });

  it('with keepGoing packs what there is of a run that failed, and still fails', async () => {
    rig.write('code/fit.sh', 'mkdir results; echo half > results/limit.txt; exit 3\n');
    const failing = offload(rig.options({ set, keepGoing: true }));
    await expect(failing).rejects.toThrow('run `fit.1` failed in step `fit`');
    expect(members(rig.path('out.tar'))).toEqual(['results/limit.txt', 'MANIFEST.json']);
    expect(JSON.parse(readFileSync(rig.path('userJobMetadata.json'), 'utf8'))).toMatchObject({
      reana: { run_name: 'fit.1', status: 'failed' },
    });
  });

  it('leaves a started run alone without waiting, goes on with it, and deletes it at the end', async () => {
    const started = await offload(rig.options({ set, waits: false }));
    expect(started).toMatchObject({ outcome: 'started', runName: 'fit.1' });
    expect(JSON.parse(readFileSync(rig.path('userJobMetadata.json'), 'utf8'))).toMatchObject({
      reana: { run_name: 'fit.1', status: 'queued' },
    });
    expect(finished(await offload(rig.options({ set, deleteAfter: true }))).runName).toBe('fit.1');
    expect(face.engine.run('fit.1')?.status).toBe('deleted');
    expect(creations()).toBe(1);
  });

  it('goes on with a run that somebody else has made', async () => {
    await offload(rig.options({ set, waits: false }));
    rmSync(rig.path('.pchain-reana-fit.json'));
    expect(finished(await offload(rig.options({ set, resume: 'fit.1' }))).runName).toBe('fit.1');
    expect(creations()).toBe(1);
  });

  it('brings other outputs of a run that it goes on with once more, and says when the run is gone', async () => {
    await offload(rig.options({ set }));
    const other = { set, resume: 'fit.1', outputs: ['plots'] };
    finished(await offload(rig.options({ ...other, deleteAfter: true })));
    expect(members(rig.path('out.tar'))).toEqual([
      'plots/deep/limit #1%.txt',
      'plots/empty.pdf',
      'MANIFEST.json',
    ]);
    await expect(offload(rig.options({ ...other, outputs: ['results'] }))).rejects.toThrow(
      'run `fit.1` was deleted, and its files with it',
    );
  });

  it('says what to do with a journal that it cannot read', async () => {
    rig.write('.pchain-reana-fit.json', '{"version": 1, "phase": "started"');
    await expect(offload(rig.options({ set }))).rejects.toMatchObject({
      exitCode: 3,
      hint: `delete it to begin with a new run: \`rm ${rig.path('.pchain-reana-fit.json')}\``,
    });
  });
});

describe('an offload that is interrupted', () => {
  it('after any event goes on with the same run and gives the same tar', async () => {
    finished(await offload(rig.options({ set, name: 'whole', outputTar: rig.path('whole.tar') })));
    const whole = readFileSync(rig.path('whole.tar'));
    const steps = rig.events.filter((event) => event.type !== 'status').length + 2;
    expect(steps).toBeGreaterThan(12);
    for (let stopAfter = 1; stopAfter <= steps; stopAfter++) {
      const name = `cut-${stopAfter}`;
      const outputTar = rig.path(`${name}.tar`);
      const stop = new AbortController();
      let seen = 0;
      const onEvent = (event: OffloadEvent): void => {
        seen++;
        if (seen === stopAfter) stop.abort();
        if (event.type === 'packed') return;
        expect(existsSync(outputTar)).toBe(false);
      };
      const interrupted: unknown = await offload(
        rig.options({ set, name, outputTar, signal: stop.signal, onEvent }),
      ).catch((error: unknown) => error);
      if (interrupted instanceof Error) {
        expect(interrupted).toMatchObject({
          exitCode: 130,
          hint: 'the same command again goes on where this one stopped',
        });
        expect(existsSync(outputTar)).toBe(false);
      }
      const result = finished(await offload(rig.options({ set, name, outputTar })));
      expect(result.runName).toBe(`${name}.1`);
      expect(face.engine.runs().filter((run) => run.name === name)).toHaveLength(1);
      expect(readFileSync(outputTar).equals(whole)).toBe(true);
    }
  }, 120_000);

  it.each<readonly [OffloadEvent['type'], string]>([
    ['connected', 'interrupted before there was a run'],
    ['run', 'interrupted while run `fit.1` was made ready to start'],
    ['upload', 'interrupted while run `fit.1` was made ready to start'],
    ['started', 'stopped waiting for run `fit.1`, which `http://'],
    ['download', 'interrupted while the outputs of run `fit.1`, which has ended, were brought here'],
  ])('says after `%s` what has become of the run', async (type, words) => {
    const stop = new AbortController();
    const onEvent = (event: OffloadEvent): void => {
      if (event.type === type) stop.abort();
    };
    await expect(offload(rig.options({ set, signal: stop.signal, onEvent }))).rejects.toThrow(words);
  });

  it('survives a server that is killed and comes back while the run runs', async () => {
    rig.write(
      'code/fit.sh',
      'mkdir results; touch begun; while [ ! -e go ]; do sleep 0.02; done; echo x > results/limit.txt\n',
    );
    const going = offload(rig.options({ set }));
    const workspace = (): string => face.engine.run('fit')?.workspace ?? 'nowhere';
    await until('the first step', () => existsSync(join(workspace(), 'begun')));
    face.reopen();
    writeFileSync(join(workspace(), 'go'), '');
    expect(finished(await going).runName).toBe('fit.1');
  });

  it('goes on at another port, where the server of this machine has the run', async () => {
    await offload(rig.options({ set, waits: false }));
    const { port } = new URL(face.url);
    const door = createServer((socket) => socket.pipe(connect(Number(port), '127.0.0.1')).pipe(socket));
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const server = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    const result = finished(await offload(rig.options({ set, server })));
    expect(result).toMatchObject({ runName: 'fit.1', server });
    expect(finished(await offload(rig.options({ set, server })))).toEqual(result);
    expect(creations()).toBe(1);
    door.close();
  });

  it('keeps the reason when it was a limit of time', async () => {
    rig.write('code/fit.sh', 'sleep 30\n');
    const stop = new AbortController();
    const limit = new WaitTimeout('the run did not end within 1 s');
    const onEvent = (event: OffloadEvent): void => {
      if (event.type === 'started') stop.abort(limit);
    };
    await expect(offload(rig.options({ set, signal: stop.signal, onEvent }))).rejects.toBe(limit);
  });
});

describe('an offload over a bad network', () => {
  it('makes one run when the answer to its creation is lost', async () => {
    await face.stop();
    let toLose = 1;
    face = await faceRig((app) => {
      app.addHook('onSend', (request, _reply, payload, done) => {
        if (request.method === 'POST' && request.url.startsWith('/api/workflows?') && toLose-- > 0) {
          request.raw.socket.destroy();
        }
        done(null, payload);
      });
    });
    const result = finished(await offload(rig.options({ set, server: face.url })));
    expect(result.runName).toBe('fit.1');
    expect(creations()).toBe(1);
    expect(face.engine.runs()).toHaveLength(1);
  });

  it('makes one run when it is called again while the server still makes the first', async () => {
    await face.stop();
    const stop = new AbortController();
    let isFirst = true;
    face = await faceRig((app) => {
      app.addHook('preHandler', async (request) => {
        if (request.method !== 'POST' || !request.url.startsWith('/api/workflows?') || !isFirst) return;
        isFirst = false;
        stop.abort();
        await realClock.sleep(500);
      });
    });
    const first = offload(rig.options({ set, server: face.url, signal: stop.signal }));
    await expect(first).rejects.toThrow('interrupted before there was a run');
    expect(finished(await offload(rig.options({ set, server: face.url }))).runName).toBe('fit.1');
    await realClock.sleep(500);
    expect(face.engine.runs()).toHaveLength(1);
  });

  it('starts the run once when the answer to the start is lost', async () => {
    await face.stop();
    let toLose = 1;
    face = await faceRig((app) => {
      app.addHook('onSend', (request, _reply, payload, done) => {
        if (request.url.includes('/start') && toLose-- > 0) request.raw.socket.destroy();
        done(null, payload);
      });
    });
    expect(finished(await offload(rig.options({ set, server: face.url }))).runName).toBe('fit.1');
    expect(face.requests.filter((request) => request.endsWith('/start'))).toHaveLength(1);
  });

  it('asks again for a start that never arrived', async () => {
    await face.stop();
    let toLose = 1;
    face = await faceRig((app) => {
      app.addHook('preHandler', (request, _reply, done) => {
        if (request.url.includes('/start') && toLose-- > 0) request.raw.socket.destroy();
        else done();
      });
    });
    expect(finished(await offload(rig.options({ set, server: face.url }))).runName).toBe('fit.1');
    expect(face.requests.filter((request) => request.endsWith('/start'))).toHaveLength(2);
  });

  it('notices an upload of which the server kept nothing', async () => {
    await face.stop();
    face = await faceRig((app) => {
      app.addHook('preHandler', async (request, reply) => {
        if (request.method === 'POST' && request.url.includes('big.bin'))
          await reply.send({ message: 'fine' });
      });
    });
    await expect(offload(rig.options({ set, server: face.url }))).rejects.toMatchObject({
      exitCode: 5,
      message: '`conf/big.bin` was uploaded with 300000 bytes, but the server has none',
    });
    expect(face.requests.some((request) => request.endsWith('/start'))).toBe(false);
  });

  it('says that the run goes on when the token ends meanwhile', async () => {
    await face.stop();
    let isOver = true;
    face = await faceRig((app) => {
      app.addHook('preHandler', async (request, reply) => {
        const isStarted = face.requests.some((asked) => asked.endsWith('/start'));
        if (isOver && isStarted && request.url.includes('/status'))
          await reply.code(401).send({ message: 'Invalid access token.' });
      });
    });
    await expect(offload(rig.options({ set, server: face.url }))).rejects.toMatchObject({
      exitCode: 4,
      message: `\`${new URL(face.url).host}\` refuses the token: Invalid access token.`,
      hint: 'check `REANA_ACCESS_TOKEN`; the same command again goes on with run `fit.1`',
    });
    isOver = false;
    expect(finished(await offload(rig.options({ set, server: face.url }))).runName).toBe('fit.1');
  });

  it('goes on waiting while the server answers with errors', async () => {
    await face.stop();
    let toFail = 6;
    face = await faceRig((app) => {
      app.addHook('preHandler', async (request, reply) => {
        if (
          request.url.includes('/status') &&
          face.requests.some((asked) => asked.endsWith('/start')) &&
          toFail-- > 0
        ) {
          await reply.code(500).send('<html><title>Bad day</title></html>');
        }
      });
    });
    const clock = {
      ...realClock,
      sleep: (delayMs: number, signal?: AbortSignal) => realClock.sleep(Math.min(delayMs, 50), signal),
    };
    finished(await offload(rig.options({ set, server: face.url, clock })));
    const silences = rig.events.filter((event) => event.type === 'silence');
    expect(silences).toHaveLength(6);
    expect(silences[0]?.type === 'silence' && silences[0].reason).toBe(
      `\`${new URL(face.url).host}\` refuses: Bad day`,
    );
  });
});

// Our commands, run where the official client was recorded: against the same answers, they change the same things with the
// same requests, and end the same way. Where we differ on purpose, the case says why.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import type { World } from '../../src/commands/host.ts';
import { selfSigned } from '../http/self-signed.ts';
import { partsOf } from '../rigs/server.ts';
import type { SeenRequest } from '../rigs/server.ts';
import { recordedReana, recordingOf, runless } from '../rigs/recorded-reana.ts';
import type { RecordedReana, RecordedRequest, SeenByReana, Surroundings } from '../rigs/recorded-reana.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

interface Case {
  /** Words after `pchain reana`; those of the recording without it. */
  readonly words?: readonly string[];
  /** As recorded without it. */
  readonly exit?: number;
  readonly around?: Surroundings;
  /** Files beside the analysis. */
  readonly plant?: Readonly<Record<string, string>>;
  /** Recorded changes that we do not make, and why. */
  readonly without?: readonly [RegExp, string];
  /** Changes of ours that were not recorded. */
  readonly more?: RegExp;
  /** Members of a JSON body that differ, and why. */
  readonly other?: readonly [readonly string[], string];
  /** What we say; part of stdout and stderr together. */
  readonly says?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const tree = {
  'd/a.txt': 'a',
  'd/b.log': 'b',
  'd/sub/c.tmp': 'c',
  'd/sub/keep.txt': 'k',
  'd/sub/.hidden/h': 'h',
  'd/.git/config': 'g',
};
const result = { 'results/greetings.txt': 34 };
const finished = { status: 'finished', files: result };
const typed = [['sleeptime'], 'a number of the specification is sent as a number'] as const;

/** By name of the recording. */
const cases: Readonly<Record<string, Case>> = {
  'create-cwl': {},
  'create-html-502': { exit: 5, says: '502 Bad Gateway' },
  'create-illegal-name': { exit: 2, says: '`my.analysis` cannot name a run' },
  'create-invalid-spec': { plant: { 'reana.yaml': 'workflow: {type: serial}\n' }, says: 'error[' },
  'create-no-spec': { exit: 2, says: 'there is no `reana.yaml` here' },
  'create-on-bundle-server': {
    exit: 0,
    around: { takesBundles: true, differs: /POST/ },
    without: [/POST/, 'a server that takes bundles gets one'],
    more: /POST/,
  },
  'create-quota-403': { exit: 4, says: 'has no room left for you: User quota exceeded.' },
  'create-serial': {},
  'create-serial-default-name': {},
  'create-serial-second-run': {},
  'create-server-400': { exit: 5, says: 'Input path cannot be absolute' },
  'create-skip-validation': { words: ['create', '-w', 'test'] },
  'create-snakemake': {},
  'create-spec-in-other-dir': {
    without: [/x/, ''],
    plant: {
      'sub/reana.yaml': '@reana.yaml',
      'sub/code/helloworld.py': '',
      'sub/data/names.txt': '',
      'sub/tests/serial/x': '',
    },
  },
  'create-two-specs': { exit: 2, plant: { 'reana.yml': '@reana.yaml' }, says: 'are both here' },
  'create-uuid-name': { exit: 2, says: 'cannot name a run' },
  'create-yadage': {},
  delete: { around: { status: 'finished' } },
  'delete-all-runs': { words: ['delete', '-w', 'test.1', '--all-runs'], around: { status: 'finished' } },
  'delete-running-500': {
    exit: 5,
    around: { status: 'pending' },
    says: 'cannot be deleted as it is currently running',
  },
  'download-default': { around: finished },
  'download-directory-zip': { exit: 1, says: 'has no file `data`' },
  'download-one-to-dir': { around: finished },
  'download-stdout': { around: finished, says: 'Hello Jane Doe!\nHello Joe Bloggs!\n' },
  'download-two-files': { around: { files: { ...result, 'data/names.txt': 20 } } },
  du: { says: '4096\tcode/helloworld.py' },
  'du-filter': { words: ['du', '-w', 'test'], other: [['search'], 'it is filtered by whoever reads it'] },
  'du-summarize-human': { words: ['du', '-w', 'test', '-s'] },
  info: { says: 'List of supported compute backends: kubernetes, htcondorcern, slurmcern' },
  'info-json': { says: '"key": "compute_backends"' },
  'list-all-verbose-json': { words: ['list', '--all', '--json'] },
  'list-filter': { words: ['list', '--status', 'running', '-w', 'oth'] },
  'list-page-size': { words: ['list', '--limit', '2'] },
  'list-sessions': {},
  logs: { says: 'job: :\n hello' },
  'logs-status-filter-page': { words: ['logs', '-w', 'test'] },
  'logs-step-filter': { words: ['logs', '-w', 'test', '--step', 'step1'], says: 'step step1: finished' },
  'logs-step-missing': {
    words: ['logs', '-w', 'test', '--step', 'zzz'],
    exit: 2,
    says: 'has no log of a step `zzz`',
  },
  ls: { says: 'results/greetings.txt\t34' },
  'ls-filter-json-human': { words: ['ls', '-w', 'test', 'results', '--json'] },
  'ls-git-hidden': {},
  'ls-page-size': { words: ['ls', '-w', 'test'] },
  'ls-pattern': {},
  'ls-url': { says: '/api/workflows/test/workspace/results/greetings.txt' },
  mv: { around: { files: { 'data/new.txt': 20 } } },
  open: {
    words: ['open-url', '-w', 'test', '--session', 'jupyter'],
    says: '/00000001-1111-4111-8111-111111111111\n',
  },
  ping: { says: 'version  0.9.4' },
  'ping-bad-token': { exit: 4, says: 'refuses the token: Token not valid.' },
  'ping-no-token': { exit: 4, env: { REANA_ACCESS_TOKEN: '' }, says: 'there is no token for REANA' },
  'ping-not-reana-404': { exit: 5 },
  'quota-show': { words: ['ping', '--json'], says: '"resource": "disk"' },
  'restart-cwl-target-400': {
    exit: 5,
    other: [
      ['input_parameters', 'operational_options'],
      'the official client renames options of CWL, which the server refuses',
    ],
  },
  'restart-finished': {},
  'restart-parameters-options': { other: typed },
  'restart-running-403': { exit: 1 },
  'restart-stopped-403': { exit: 1, says: 'Only finished or failed workflows can be restarted.' },
  rm: { says: 'data/names.txt' },
  'rm-glob': {},
  'rm-no-match': { says: '`nope*` names no file of run `test`' },
  'secrets-add': {
    words: ['secrets', 'add', '--env', 'CERN_USER=johndoe', '--env', 'EQ=a=b=c', '--file', '.keytab'],
    plant: { '.keytab': 'hex:050200ff62696e617279' },
  },
  'secrets-add-bad-literal': {
    words: ['secrets', 'add', '--env', 'NO EQUALS'],
    exit: 2,
    says: '`--env` takes NAME=VALUE',
  },
  'secrets-add-conflict-409': {
    words: ['secrets', 'add', '--env', 'GITHUB_TOKEN=new', '--env', 'OTHER=1'],
    around: { secrets: [{ name: 'GITHUB_TOKEN', type: 'env' }] },
    says: 'REANA has `GITHUB_TOKEN` already; nothing was added',
  },
  'secrets-add-nothing': { words: ['secrets', 'add'], exit: 2 },
  'secrets-add-overwrite': { words: ['secrets', 'add', '--env', 'GITHUB_TOKEN=new', '--overwrite'] },
  'secrets-delete': { words: ['secrets', 'delete', 'GITHUB_TOKEN'] },
  'secrets-delete-missing-404': {
    words: ['secrets', 'delete', 'GITHUB_TOKEN', 'NOPE'],
    says: 'REANA has no secret',
  },
  'secrets-list': { words: ['secrets', 'list'], says: 'GITHUB_TOKEN\tenv' },
  'start-already-running-403': { exit: 4, says: 'is already running and cannot be started again' },
  'start-follow-503-first-poll': { exit: 0, around: { laterStatus: 'finished' }, says: 'trying again' },
  'start-follow-finished': {},
  'start-follow-stopped': {},
  'start-parameters-options': { other: typed },
  'start-unknown-parameter': {
    exit: 2,
    without: [/start/, 'a parameter that does not exist is a mistake'],
    says: 'has no parameter `nope`',
  },
  'start-value-with-equals': { exit: 2, says: '`a=b` is none' },
  status: { says: 'test.1' },
  'status-by-uuid': {},
  'status-created': {},
  'status-finished-verbose-json': {},
  'status-unknown-404': { exit: 2, says: 'knows no run `nope.7`' },
  'stop-not-forced': { exit: 1, around: { status: 'created' }, says: 'there is nothing to stop' },
  'stop-not-running-409': {
    exit: 5,
    around: { status: 'running' },
    other: [['force_stop'], 'later servers refuse it'],
    says: 'is not running',
  },
  'tls-self-signed-ping': {
    exit: 5,
    around: { tls: selfSigned },
    without: [/./, 'nothing is sent to a server nobody vouches for'],
    says: 'its certificate is not trusted',
  },
  'tls-self-signed-upload': {
    exit: 5,
    around: { tls: selfSigned },
    without: [/./, 'nothing is sent to a server nobody vouches for'],
    says: 'its certificate is not trusted',
  },
  'upload-binary': { plant: { 'b.bin': 'hex:000102' } },
  'upload-default': {},
  'upload-dir-in-files': { exit: 3, says: 'input `data` is a directory' },
  'upload-directory-arg': { plant: tree },
  'upload-missing-arg': { exit: 3, says: 'there is no `nope.txt`' },
  'upload-missing-spec-input': {
    exit: 3,
    without: [/POST/, 'a missing input is a mistake, and is found before anything is uploaded'],
    says: 'input `data/names.txt` does not exist',
    plant: { 'data/names.txt': 'absent' },
  },
  'upload-no-workflow-env': { exit: 2, says: 'no run is named' },
  'upload-odd-name': { plant: { 'data/a b+ç&=#.txt': 'x' } },
  'upload-one': {},
  'upload-rate-limited-429': { exit: 5, says: 'Too many requests' },
  'upload-spec-directories-ignore-files': {
    plant: { ...tree, '.gitignore': '*.log\n', '.reanaignore': '*.tmp\n!b.log\n' },
    says: 'left out',
  },
  'upload-unknown-workflow-404': {
    exit: 2,
    without: [/POST/, 'the run is looked for first'],
    says: 'knows no run',
  },
  'upload-workon-env': {},
  'v095-create-400': { exit: 5, says: "'environment' is a required property" },
  'v095-create-on-0.9-server': { exit: 0, more: /POST/ },
  'v095-create-serial': {},
  'v095-create-yadage': {},
  'v095-delete-restart-series': { exit: 2, says: 'shares its files with `test.1.1`' },
  'v095-download-default': { around: finished },
  'v095-download-odd-name': { around: { files: { 'data/a b#ç.txt': 1 } } },
  'v095-logs-follow': { exit: 0, around: { status: 'finished' }, says: 'step step1 | ' },
  'v095-ls': {},
  'v095-ping': {},
  'v095-restart': {},
  'v095-restart-new-spec': { other: typed },
  'v095-rm': {},
  'v095-secrets-add': { words: ['secrets', 'add', '--env', 'A=b'] },
  'v095-start-on-0.9-server': {},
  'v095-status': {},
  'v095-stop-force': { around: { status: 'running' }, other: [['force_stop'], 'later servers refuse it'] },
  'v095-upload-empty-file': { plant: { 'empty.dat': '' } },
  'v095-upload-one': {},
  'v095-upload-symlink-arg': {
    exit: 3,
    plant: { 'ln.txt': 'link:data/names.txt' },
    says: 'is a symbolic link',
  },
};

/** Recordings that no command of ours corresponds to, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [
    /^(v095-)?validate-|^v095-validate$|^create-unsupported-backend$/,
    'checked on this machine; test/reanaspec compares what is found',
  ],
  [
    /^(v095-)?run(-|$)/,
    '`pchain reana run` also brings the outputs back; test/reana/offload.test.ts runs it',
  ],
  [/^diff$|^prune$|^retention-rules-list$/, 'not offered: no step of an offload needs it'],
  [/^v095-(share-|list-shared)/, 'not offered: only servers of 0.95 have it'],
  [
    /^download-(glob-zip|stdout-zip)$/,
    'many files are asked for one by one below forty; the zip is a test of its own',
  ],
];

const analysis = sharedPath('corpus/reana/helloworld');
let directory: string;
let server: RecordedReana | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-recordings-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

describeWithShared('where the official client of REANA was recorded', () => {
  const names = readdirSync(sharedPath('recordings/reana')).map((file) => file.replace(/\.json$/, ''));

  it('every recording is replayed, or a reason says why not', () => {
    const unexplained = names.filter(
      (name) => cases[name] === undefined && !elsewhere.some(([pattern]) => pattern.test(name)),
    );
    expect(unexplained).toEqual([]);
    expect(Object.keys(cases).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(Object.keys(cases))('ours does the same as in `%s`', async (name) => {
    const given = cases[name] ?? {};
    const recording = recordingOf(name);
    const isBundle = recording.requests.some((request) => request.body?.multipart !== undefined);
    server = await recordedReana(recording, { takesBundles: isBundle, ...given.around });
    const work = workspace(name, given);
    const words = given.words ?? recording.command.slice(1);
    const told = await run(words, work, { ...recording.env, REANA_SERVER_URL: server.origin, ...given.env });

    expect({ exit: told.exitCode, said: told.text }).toMatchObject({
      exit: given.exit ?? recording.exit_code,
      said: expect.stringContaining(given.says ?? '') as string,
    });
    expect(told.text).not.toContain('tok ');
    const isLeft = (request: RecordedRequest): boolean =>
      changes(request) && given.without?.[0].test(`${request.method} ${request.path}`) !== true;
    expect(server.left().filter(isLeft).map(summary), 'recorded, but not done').toEqual([]);
    for (const seen of server.seen) {
      const isAllowed = given.more?.test(summary(seen)) === true;
      expect(
        seen.recorded !== undefined || !changes(seen) || isAllowed,
        `not recorded: ${summary(seen)}`,
      ).toBe(true);
      if (seen.recorded !== undefined) sameAs(seen, seen.recorded, given);
    }
  });
});

const changes = (request: { readonly method: string; readonly path: string }): boolean =>
  request.method !== 'GET';
const summary = (request: { readonly method: string; readonly path: string }): string =>
  `${request.method} ${runless(request.path)}`;

function sameAs(seen: SeenByReana, recorded: RecordedRequest, given: Case): void {
  if (changes(seen)) {
    for (const [key, value] of recorded.query) {
      // A name that is not given is `workflow`.
      if (key === 'access_token' || (key === 'workflow_name' && value === '')) continue;
      const own = seen.query.get(key);
      // Servers drop the leading slash; the name is the same.
      expect(key === 'file_name' ? `/${(own ?? '').replace(/^\//, '')}` : own, key).toBe(value);
    }
  }
  expect(seen.headers['transfer-encoding']).toBeUndefined();
  const { body } = recorded;
  if (body === null) return;
  if (body.json !== undefined && isJson(seen.body)) {
    const left = given.other?.[0] ?? [];
    expect(without(JSON.parse(seen.body.toString()), left)).toEqual(without(body.json, left));
  }
  if (body.text !== undefined && !summary(seen).endsWith('/start'))
    expect(seen.body.toString()).toBe(body.text);
  if (body.multipart !== undefined) {
    const parts = partsOf(seen as unknown as SeenRequest);
    expect(parts.map((part) => part.name)).toEqual(body.multipart.map((part) => part.name));
    for (const [index, part] of body.multipart.entries()) {
      const own = parts[index]?.body ?? Buffer.alloc(0);
      if (part.zip !== undefined)
        expect(membersOf(own)).toEqual(part.zip.map((member) => [member.name, member.text]));
      else if (part.name === 'replacement') expect(own.toString()).toBe(part.text);
    }
  }
}

function isJson(body: Buffer): boolean {
  return body.length > 0 && '{['.includes(String.fromCharCode(body[0] ?? 0));
}

/** Deep copy without some members, wherever they are. */
function without(value: unknown, left: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => without(item, left));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !left.includes(key))
      .map(([key, member]) => [key, without(member, left)]),
  );
}

/** Names and texts of a zip whose members are stored. */
function membersOf(zip: Buffer): (readonly [string, string])[] {
  const members: [string, string][] = [];
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    expect(zip.readUInt16LE(at + 8), 'stored').toBe(0);
    const size = zip.readUInt32LE(at + 18);
    const nameLength = zip.readUInt16LE(at + 26);
    const start = at + 30 + nameLength + zip.readUInt16LE(at + 28);
    // 1 January 1980, 00:00.
    expect([zip.readUInt16LE(at + 10), zip.readUInt16LE(at + 12)]).toEqual([0, 33]);
    members.push([
      zip.toString('utf8', at + 30, at + 30 + nameLength),
      zip.toString('utf8', start, start + size),
    ]);
    at = start + size;
  }
  return members;
}

/** The analysis that the recordings were made with, as far as files differ from case to case. */
function workspace(name: string, given: Case): string {
  const work = join(directory, 'work');
  mkdirSync(work);
  if (!/no-spec/.test(name)) {
    cpSync(analysis, work, { recursive: true });
    const python = recordingOf('upload-one').requests[0]?.body?.text ?? '';
    mkdirSync(join(work, 'code'));
    writeFileSync(join(work, 'code/helloworld.py'), python);
    const specification = recordingOf('create-serial').requests.at(-1)?.body?.text ?? '';
    writeFileSync(join(work, 'reana.yaml'), specification);
  }
  for (const [file, content] of Object.entries(given.plant ?? {})) {
    const path = join(work, file);
    mkdirSync(dirname(path), { recursive: true });
    if (content === 'absent') rmSync(path);
    else if (content.startsWith('link:')) symlinkSync(content.slice(5), path);
    else if (content.startsWith('hex:')) writeFileSync(path, Buffer.from(content.slice(4), 'hex'));
    else if (content.startsWith('@')) writeFileSync(path, readFileSync(join(work, content.slice(1))));
    else writeFileSync(path, content);
  }
  return work;
}

class Sink extends EventEmitter {
  text = '';
  readonly isTTY = false;
  write(chunk: string | Uint8Array): boolean {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  }
}

async function run(
  words: readonly string[],
  work: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode: number; readonly text: string }> {
  const stdout = new Sink();
  const stderr = new Sink();
  const home = join(directory, 'home');
  if (!existsSync(home)) mkdirSync(home);
  const before = process.cwd();
  process.chdir(work);
  try {
    const world = {
      env: { ...env, HOME: home, CI: '1' },
      workingDirectory: work,
      homeDirectory: home,
      userName: 'jane',
      userId: 1000,
      stdin: {},
      stdout,
      stderr,
      signal: new AbortController().signal,
      onInterrupt: () => undefined,
      pid: 1,
      version: '0.0.0',
      program: ['node', 'pchain'],
      platform: 'test',
      cores: 2,
      exit: () => {
        throw new Error('it ended early');
      },
    } as unknown as World;
    const exitCode = await runProgram(['reana', ...words], world);
    return { exitCode, text: stdout.text + stderr.text };
  } finally {
    process.chdir(before);
  }
}

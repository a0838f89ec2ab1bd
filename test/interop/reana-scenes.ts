// What the official client said to a server that imitates REANA 0.9.4, and what has to be in place so that it should say
// the same to ours. Every recording is listed: compared, or with the reason why it cannot be.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Secret } from '../../src/base/secret.ts';
import type { ReanaLimits } from '../../src/server/reana/limits.ts';
import { until } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';

export interface Stage {
  readonly rig: FaceRig;
  /** Where the client is started; holds the analysis of the recordings. */
  readonly work: string;
}

export interface Scene {
  /** Waited for when it takes time. */
  readonly prepare?: (stage: Stage) => unknown;
  readonly limits?: ReanaLimits;
  /** For the server it is always the same moment. */
  readonly timeStands?: boolean;
  /** Text of the recording that is other here, and why that is right. */
  readonly other?: readonly (readonly [pattern: RegExp, ours: string, because: string])[];
  /** The client prints in an order that is not the same every time. */
  readonly anyOrder?: boolean;
}

const images = 'docker.io/library/python:2.7-slim';
const files = {
  'code/helloworld.py': 12,
  'data/names.txt': 20,
  'reana.yaml': 15,
  'results/greetings.txt': 34,
};
const inputs = {
  files: ['code/helloworld.py', 'data/names.txt'],
  parameters: {
    helloworld: 'code/helloworld.py',
    inputfile: 'data/names.txt',
    outputfile: 'results/greetings.txt',
    sleeptime: 0,
  },
};
const contents: Readonly<Record<string, string>> = {
  'data/names.txt': 'Jane Doe\nJoe Bloggs\n',
  'results/greetings.txt': 'Hello Jane Doe!\nHello Joe Bloggs!\n',
};

interface RunMade {
  readonly name?: string;
  readonly command?: string;
  readonly files?: Readonly<Record<string, number>>;
  readonly specification?: object;
}

/** A run with files, not started. */
function made({ rig }: Stage, run: RunMade = {}): string {
  const specification = {
    version: '0.3.0',
    inputs,
    outputs: { files: ['results/greetings.txt'] },
    workflow: {
      type: 'serial',
      specification: {
        steps: [{ name: 'step1', environment: images, commands: [run.command ?? 'echo hello'] }],
      },
    },
    ...run.specification,
  };
  const { id, workspace } = rig.engine.createRun({ name: run.name ?? 'test', specification });
  for (const [name, sizeBytes] of Object.entries(run.files ?? files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), contents[name] ?? 'x'.repeat(sizeBytes));
  }
  rig.engine.workspaceChanged(id);
  return id;
}

async function ended(stage: Stage, run: RunMade = {}): Promise<string> {
  const id = made(stage, run);
  stage.rig.engine.startRun(id, {});
  await until('the end of a run', () =>
    ['finished', 'failed'].includes(stage.rig.engine.run(id)?.status ?? ''),
  );
  return id;
}

/** Runs until the end of the test. */
function running(stage: Stage, run: RunMade = {}): string {
  const id = made(stage, { command: 'while :; do sleep 0.05; done', ...run });
  stage.rig.engine.startRun(id, {});
  return id;
}

const secret = (stage: Stage, name: string): void =>
  stage.rig.engine.setReanaSecret(name, { type: 'env', value: new Secret('b2xk') });

function write(stage: Stage, written: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(written)) {
    mkdirSync(dirname(join(stage.work, name)), { recursive: true });
    writeFileSync(join(stage.work, name), text);
  }
}

const directoryTree = (stage: Stage): void => {
  write(stage, {
    'd/a.txt': 'a',
    'd/b.log': 'b',
    'd/sub/c.tmp': 'c',
    'd/sub/keep.txt': 'k',
    'd/.git/config': 'g',
    'd/sub/.hidden/h': 'h',
  });
  symlinkSync('a.txt', join(stage.work, 'd/link.txt'));
};

const user = [/John Doe <john\.doe@example\.org>/, 'jane <jane@localhost>', 'another user'] as const;
const noLimit = [/ out of \S+ used \(\d+%\)/, ' used', 'there is no quota without being asked for'] as const;
const usage = [/^\d+ used/m, '<bytes> used', 'what is in use differs'] as const;
const here = [/Compute backend: Kubernetes|Job ID: \S+/g, '<place>', 'jobs run on this machine'] as const;
const ourPlace = [/Compute backend: Local|Job ID: \S+/g, '<place>', 'jobs run on this machine'] as const;
const command = [/python code\/helloworld\.py/g, 'echo hello', 'another command'] as const;
const engineLog = [/(Workflow engine logs\n)(?:.*\n)*?\n/, '$1<log>\n\n', 'the log is our own'] as const;
const jobLog = [/(Logs:\n)[^]*$/, '$1<log>', 'the log is our own'] as const;
const queued = [
  /(test\S*) (?:is running|has been queued|has finished)/,
  '$1 is under way',
  'a machine of its own is quick',
] as const;
const backEnds = [
  /htcondorcern, slurmcern(?:, compute4punch)?/,
  '<back ends>',
  'every back end is accepted',
] as const;
const blocks = [/^(?:\d+|\d+ KiB) +/gm, '<bytes> ', 'what files take depends on the disk'] as const;
const logFiles = [/"(?:size|duration)": [^,}]+/g, '<measured>', 'measured'] as const;

const withRun = (stage: Stage): unknown => made(stage);
const withEnded = (stage: Stage): unknown => ended(stage);
const withRunning = (stage: Stage): unknown => running(stage);

/** By the names of the recordings. */
export const scenes: Readonly<Record<string, Scene>> = {
  ping: { other: [user] },
  'ping-bad-token': {},
  'ping-no-token': {},
  info: {
    other: [
      backEnds,
      [/(memory limit for Kubernetes jobs: ).*/, '$1<none>', 'a laptop has no such limit'],
      [/(Maximum retention period.*: |jobs: |sessions: ).*/g, '$1<none>', 'a laptop has no such limit'],
    ],
  },
  'quota-show': { other: [noLimit, usage] },

  'create-serial': {},
  'create-serial-default-name': {},
  'create-serial-second-run': { prepare: withRun },
  'create-skip-validation': {},
  'create-spec-in-other-dir': { prepare: (stage) => write(stage, { 'sub/reana.yaml': serialYaml }) },
  'create-cwl': {},
  'create-yadage': {},
  'create-illegal-name': {},
  'create-uuid-name': {},
  'create-two-specs': { prepare: (stage) => write(stage, { 'reana.yml': serialYaml }) },
  'create-quota-403': {
    prepare: withRun,
    limits: { diskBytes: 1 },
    other: [[/usage: .*/, '<usage>', 'another limit']],
  },

  'upload-one': { prepare: withRun },
  'upload-default': { prepare: withRun, anyOrder: true },
  'upload-workon-env': { prepare: withRun },
  'upload-binary': {
    prepare: (stage) => {
      made(stage);
      writeFileSync(
        join(stage.work, 'b.bin'),
        Buffer.from(Array.from({ length: 10240 }, (_, index) => index % 256)),
      );
    },
  },
  'upload-odd-name': {
    prepare: (stage) => {
      made(stage);
      write(stage, { 'data/a b+ç&=#.txt': 'x' });
    },
  },
  'upload-dir-in-files': {
    prepare: (stage) => made(stage, { specification: { inputs: { files: ['data'] } } }),
  },
  'upload-directory-arg': {
    prepare: (stage) => {
      made(stage);
      directoryTree(stage);
    },
    anyOrder: true,
    other: [
      [/Ignoring symlink .*/, 'Ignoring symlink', 'which name is told depends on the order of the directory'],
    ],
  },
  'upload-missing-arg': { prepare: withRun },
  'upload-missing-spec-input': {
    prepare: (stage) =>
      made(stage, { specification: { inputs: { files: ['code/helloworld.py', 'data/none.txt'] } } }),
  },
  'upload-no-workflow-env': {},
  'upload-unknown-workflow-404': {},
  'upload-rate-limited-429': {
    limits: { requestsPerSecond: 20 },
    // The window is full, and stays so until the client has come.
    timeStands: true,
    prepare: async (stage) => {
      made(stage);
      const headers = { 'user-agent': 'python-requests/2.34.2' };
      for (let count = 1; count <= 20; count++) await fetch(`${stage.rig.url}/api/ping`, { headers });
    },
  },
  'upload-spec-directories-ignore-files': {
    prepare: (stage) => {
      made(stage, {
        specification: { inputs: { files: ['code/helloworld.py', 'd/b.log'], directories: ['d'] } },
      });
      directoryTree(stage);
      write(stage, { '.gitignore': '*.log\n', '.reanaignore': '*.tmp\n' });
    },
    anyOrder: true,
    other: [
      [/Ignoring symlink .*/, 'Ignoring symlink', 'which name is told depends on the order of the directory'],
    ],
  },

  'start-already-running-403': { prepare: withRunning },
  'start-follow-finished': {
    // The client lists the files only when it has seen the run under way.
    prepare: (stage) => made(stage, { command: 'sleep 3; echo hello' }),
    other: [[/(?:.*test (?:has been queued|is running)\n)+/, '', 'a machine of its own is quick']],
  },
  'start-parameters-options': { prepare: withRun, other: [queued] },
  'start-unknown-parameter': { prepare: withRun, other: [queued] },
  'start-value-with-equals': { prepare: withRun },
  'restart-finished': { prepare: withEnded, other: [queued] },
  'restart-parameters-options': { prepare: withEnded, other: [queued] },
  'restart-cwl-target-400': {
    prepare: (stage) =>
      ended(stage, {
        specification: {
          workflow: {
            type: 'cwl',
            file: 'none.cwl',
            specification: {
              cwlVersion: 'v1.0',
              class: 'CommandLineTool',
              baseCommand: ['false'],
              inputs: [],
              outputs: [],
            },
          },
        },
      }),
  },
  'restart-running-403': { prepare: withRunning },
  'restart-stopped-403': {
    prepare: (stage) => stage.rig.engine.stopRun(running(stage)),
  },
  run: { anyOrder: true, other: [queued] },
  'run-follow-failed': {
    prepare: (stage) =>
      write(stage, {
        'reana.yaml': serialYaml.replace(
          /- python[^]*?sleeptime\}/,
          "- 'exit 1; echo ${helloworld} ${inputfile} ${outputfile} ${sleeptime}'",
        ),
      }),
    anyOrder: true,
    other: [[/(?:.*test\.1 (?:has been queued|is running)\n)+/, '', 'a machine of its own is quick']],
  },

  status: { prepare: withRunning },
  'status-created': { prepare: withRun },
  'status-finished-verbose-json': {
    prepare: withEnded,
    other: [command, logFiles],
  },
  'status-unknown-404': {},
  logs: { prepare: withEnded, other: [here, ourPlace, command, engineLog, jobLog] },
  'logs-step-filter': { prepare: withEnded, other: [here, ourPlace, command, jobLog] },
  'logs-step-missing': { prepare: withEnded },
  'logs-status-filter-page': { prepare: withEnded, other: [engineLog] },
  'list-filter': {
    prepare: (stage) => {
      made(stage);
      running(stage, { name: 'other' });
    },
  },
  'list-page-size': {
    prepare: async (stage) => {
      for (let count = 1; count <= 4; count++) await ended(stage);
    },
  },
  'list-all-verbose-json': {
    prepare: async (stage) => {
      for (let count = 1; count <= 3; count++) await ended(stage);
      running(stage, { name: 'other' });
      stage.rig.engine.deleteRun(made(stage));
    },
    other: [
      logFiles,
      [
        /"progress": "-\/1"(?=[^}]*"duration": "-")/,
        '"progress": "-/-"',
        'a run that was never started has no jobs',
      ],
    ],
  },

  ls: { prepare: withRun },
  'ls-url': { prepare: withRun },
  'ls-pattern': { prepare: withRun },
  'ls-page-size': { prepare: withRun },
  'ls-filter-json-human': { prepare: withRun },
  'ls-git-hidden': {
    prepare: (stage) => made(stage, { files: { '.git/config': 1, 'a/.git/config': 1, 'b.txt': 1 } }),
  },
  du: { prepare: withRun, other: [blocks] },
  'du-filter': { prepare: withRun, other: [blocks] },
  'du-summarize-human': { prepare: withRun, other: [blocks] },
  'download-default': { prepare: withRun },
  'download-one-to-dir': { prepare: withRun },
  'download-two-files': { prepare: withRun },
  'download-stdout': { prepare: withRun },
  'download-directory-zip': {
    prepare: (stage) => made(stage, { files: { 'data/more.txt': 2, 'data/names.txt': 20 } }),
  },
  'download-stdout-zip': {
    prepare: (stage) => made(stage, { files: { 'data/more.txt': 1, 'data/names.txt': 20 } }),
    other: [[/^[xm]\n?(?=Jane)/, '', 'another file']],
  },
  'download-glob-zip': {
    prepare: withRun,
    other: [[/download_test\.1_.*?\.txt_/, 'download_test.1_<glob>.txt_', 'no `*` in names of files']],
  },
  rm: { prepare: withRun },
  'rm-glob': { prepare: withRun },
  'rm-no-match': { prepare: withRun },
  mv: { prepare: withRun },
  prune: { prepare: withRun },
  'retention-rules-list': {
    prepare: (stage) => ended(stage, { specification: { workspace: { retention_days: { '**/*.tmp': 7 } } } }),
  },
  diff: {
    prepare: (stage) => {
      made(stage);
      made(stage, {
        files: { 'code/helloworld.py': 12, 'data/names.txt': 20, 'reana.yaml': 15 },
        specification: { inputs: { ...inputs, parameters: { ...inputs.parameters, sleeptime: 2 } } },
      });
    },
    other: [[/@@[^]*?\n\n/, '<changed lines>\n\n', 'values are shown as JSON, not as Python']],
  },

  delete: { prepare: withEnded },
  'delete-running-500': { prepare: withRunning },
  'delete-all-runs': { prepare: withEnded },
  'stop-not-forced': { prepare: withRun },
  'stop-not-running-409': { prepare: withRun },

  'secrets-list': { prepare: (stage) => secret(stage, 'GITHUB_TOKEN') },
  'secrets-add': { prepare: (stage) => write(stage, { '.keytab': 'keytab' }), anyOrder: true },
  'secrets-add-nothing': {},
  'secrets-add-bad-literal': {},
  'secrets-add-conflict-409': { prepare: (stage) => secret(stage, 'GITHUB_TOKEN') },
  'secrets-add-overwrite': { prepare: (stage) => secret(stage, 'GITHUB_TOKEN') },
  'secrets-delete': { prepare: (stage) => secret(stage, 'GITHUB_TOKEN') },
  'secrets-delete-missing-404': { prepare: (stage) => secret(stage, 'GITHUB_TOKEN') },

  'validate-serial': {},
};

export const serialYaml = `version: 0.3.0
inputs:
  files:
    - code/helloworld.py
    - data/names.txt
  parameters:
    helloworld: code/helloworld.py
    inputfile: data/names.txt
    outputfile: results/greetings.txt
    sleeptime: 0
workflow:
  type: serial
  specification:
    steps:
      - environment: 'docker.io/library/python:2.7-slim'
        commands:
          - python "\${helloworld}" --inputfile "\${inputfile}" --outputfile "\${outputfile}" --sleeptime \${sleeptime}
outputs:
  files:
    - results/greetings.txt
`;

/** The official client is run against our server with nothing else changed, so some recordings have no counterpart. */
export const notComparable: readonly (readonly [pattern: RegExp, because: string])[] = [
  [
    /^v095-/,
    'of the client of REANA 0.95, which speaks to servers that take bundles only; test/reana-server/later-client.test.ts sends what it sent',
  ],
  [/^tls-/, 'the embedded server speaks plain HTTP on loopback only'],
  [/-on-bundle-server$/, 'of a server that takes bundles only'],
  [
    /^(?:create-html-502|start-follow-503-first-poll|ping-not-reana-404|run-upload-fails|create-server-400)$/,
    'of a broken server or proxy',
  ],
  [
    /^validate-|^create-(?:invalid-spec|no-spec|unsupported-backend)$/,
    'the client decides by itself, from a specification that the recording does not keep',
  ],
  [/^(?:list-sessions|open)$/, 'the embedded server has no interactive sessions'],
  [/^status-by-uuid$/, 'the id of a run cannot be chosen; the tests of this folder ask by id'],
  [/^start-follow-stopped$/, 'somebody has to stop the run meanwhile; the tests of this folder do'],
  [/^create-snakemake$/, 'the embedded server takes Snakemake only where the command itself is installed'],
  [/^info-json$/, 'the values are those of `info`'],
];

// Yadage workflows against what the real yadage made of them: the same steps, commands, published values and verdicts.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PchainError } from '../../src/base/errors.ts';
import { Findings } from '../../src/base/finding.ts';
import { jqIn } from '../../src/engine/evaluation/jq.ts';
import { Sandbox } from '../../src/engine/evaluation/sandbox.ts';
import type { Job } from '../../src/engine/reana/conductor.ts';
import { textIn } from '../../src/engine/reana/workspace/workspace-text.ts';
import { loadYadageOf } from '../../src/engine/reana/yadage/load.ts';
import { conductYadage, type YadageConductor } from '../../src/engine/reana/yadage/conduct.ts';
import { yadageInputs } from '../../src/engine/reana/yadage/inputs.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { toPythonValue } from '../../src/reanaspec/python-value.ts';
import { placedParameters } from '../../src/reanaspec/yadage/run/step-job.ts';
import type { YadageNode } from '../../src/reanaspec/yadage/run/scope.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

interface Expected {
  readonly file: string;
  readonly error?: string;
  readonly nodes?: readonly {
    readonly name: string;
    readonly depends_on: readonly string[];
    readonly result: unknown;
  }[];
  readonly packtivities: readonly Record<string, unknown>[];
  readonly stages_never_applied?: readonly string[];
  readonly workspace_files: readonly string[];
}

const sandbox = new Sandbox();
afterAll(() => sandbox.close());

/** What our run says where the real one dies of a Python exception. */
const failures: Readonly<Record<string, RegExp>> = {
  'cmd-workdir-fails': /there is no value for `\{workdir\}`/,
  'missing-init-parameter': /there is no output `nosuch`/,
  'step-on-many-fails': /names 2 steps; it must be exactly one/,
  'value-braces': /there is no value for `\{kept\}`/,
  'value-unknown-brace-fails': /there is no value for `\{nope\}`/,
  // The reader finds it before anything runs.
  'ref-publisher-without-defaults-fails': /`glob`/,
};

function conductorFor(workspace: string, file: string): YadageConductor {
  const spec = readReanaSpec(file, textIn(workspace), new Findings());
  if (spec === undefined) throw new Error('no specification');
  const { parameters, options } = spec.inputs;
  const { toplevel } = options;
  const workflow = loadYadageOf(
    spec.workflowFile ?? '',
    typeof toplevel === 'string' ? toplevel : undefined,
    workspace,
  );
  const { initDirectory, inputs } = yadageInputs(parameters, options, workspace);
  return conductYadage({ workflow, inputs, workspace, initDirectory, jq: jqIn(sandbox) });
}

/** Pretends that every job ends well and leaves the files that it left when the answers were recorded. */
async function pretend(
  conductor: YadageConductor,
  workspace: string,
  files: readonly string[],
): Promise<string | undefined> {
  for (;;) {
    const advance = conductor.next();
    if (advance.at === 'failed') return advance.reason;
    if (advance.at === 'finished') return undefined;
    for (const { key, look } of advance.lookUps ?? []) conductor.found(key, look());
    for (const job of advance.ready) {
      for (const file of files.filter((name) => name.startsWith(`${job.name}/`)))
        touch(join(workspace, file));
      conductor.settle(job.key, await ended(job, workspace));
    }
  }
}

/** Files of the analysis itself are there from the start; not all of them lie beside the answers. */
const isMade = (file: string, expected: Expected): boolean =>
  expected.packtivities.some(({ readwrite }) =>
    (readwrite as readonly string[]).some((path) => `<workspace>/${file}`.startsWith(`${path}/`)),
  );

async function ended(job: Job, workspace: string) {
  if (job.collect === undefined) throw new Error('a step publishes');
  return job.collect({ workspace }, 0);
}

function touch(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) writeFileSync(path, '');
}

async function run(source: string, expected: Expected) {
  const workspace = mkdtempSync(join(tmpdir(), 'pchain-yadage-'));
  try {
    cpSync(source, workspace, {
      recursive: true,
      filter: (path) => !['expected.json', 'NOTE.txt'].includes(basename(path)),
    });
    let failure: string | undefined;
    let conductor: YadageConductor | undefined;
    try {
      for (const file of expected.workspace_files.filter((name) => !isMade(name, expected)))
        touch(join(workspace, file));
      conductor = conductorFor(workspace, expected.file);
      failure = await pretend(conductor, workspace, expected.workspace_files);
    } catch (thrown) {
      if (!(thrown instanceof PchainError)) throw thrown;
      failure = thrown.message;
    }
    const nodes = conductor?.run.nodes ?? [];
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(workspace, '<workspace>'));
    return {
      failure,
      packtivities: plain(nodes.filter((node) => node.job !== undefined).map(packtivity)),
      nodes: plain(
        nodes.map((node) => ({
          name: node.name,
          depends_on: node.dependsOn.map((other) => other.name).sort(),
          result: node.result,
        })),
      ),
      waiting: conductor?.run.waitingStages ?? [],
    };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

function packtivity(node: YadageNode): object {
  const job =
    node.job?.kind === 'script'
      ? { script: node.job.script, interpreter: node.job.interpreter }
      : { command: node.job?.command };
  return {
    name: node.name,
    stage: node.stage,
    offset: node.offset,
    readwrite: [node.places.workdir],
    readonly: node.places.readdirs,
    parameters: placedParameters(node.parameters, node.places),
    job,
    image: node.step?.environment?.image.text,
    imagetag: node.step?.environment?.imageTag?.text,
    resources: node.step?.environment?.resources.map(toPythonValue),
    published: node.result,
  };
}

/** Order does not count where the real one leaves it open: keys, directories, and files that a pattern found. */
function sorted(list: unknown): readonly string[] {
  return (list as readonly object[])
    .map((entry) =>
      JSON.stringify(entry, (_key, value: unknown) => {
        if (Array.isArray(value) && value.every((member) => typeof member === 'string'))
          return [...value].sort();
        if (value === 'ls <workspace>/a/1.txt <workspace>/a/0.txt')
          return 'ls <workspace>/a/0.txt <workspace>/a/1.txt';
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
        return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    )
    .sort();
}

describeWithShared('a Yadage workflow', () => {
  const micro = sharedPath('resolved', 'reana', 'yadage-micro');
  const names = readdirSync(micro).filter((name) => existsSync(join(micro, name, 'expected.json')));

  it('has many small ones to be compared with', () => {
    expect(names.length).toBeGreaterThanOrEqual(31);
  });

  for (const name of names) {
    it(`is scheduled as the real one is: ${name}`, async () => {
      const expected = JSON.parse(readFileSync(join(micro, name, 'expected.json'), 'utf8')) as Expected;
      const actual = await run(join(micro, name), expected);
      if (expected.error !== undefined) {
        expect(actual.failure).toMatch(failures[name] ?? /no expectation/);
        // What had been published when it died is not told.
        return;
      }
      expect(actual.failure).toBeUndefined();
      expect(sorted(actual.packtivities)).toEqual(sorted(expected.packtivities));
      expect(sorted(actual.nodes)).toEqual(sorted(expected.nodes));
      expect(actual.waiting).toEqual(expected.stages_never_applied ?? []);
    });
  }

  it('wants its file in the workspace as well as below `toplevel`', async () => {
    const name = 'ref-toplevel-file-relative-to-toplevel';
    const nothing: Expected = { file: 'reana.yaml', packtivities: [], workspace_files: [] };
    const { failure } = await run(join(micro, name), nothing);
    expect(failure).toBe('the workflow file `workflow.yml` is not in the workspace');
  });

  const analyses = sharedPath('resolved', 'reana', 'yadage-run');
  for (const file of readdirSync(analyses)) {
    it(`is scheduled as the real one is: ${file}`, async () => {
      const expected = JSON.parse(readFileSync(join(analyses, file), 'utf8')) as Expected;
      const actual = await run(sharedPath('corpus', 'reana', file.replace('.json', '')), expected);
      expect(actual.failure).toBeUndefined();
      expect(sorted(actual.packtivities)).toEqual(sorted(expected.packtivities));
      expect(sorted(actual.nodes)).toEqual(sorted(expected.nodes));
    });
  }
});

// Values on their way through a Yadage workflow, as commands show them. The answers are those of the real yadage.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PythonFloat } from '../../src/reanaspec/python-value.ts';
import { conductYadage } from '../../src/engine/reana/yadage/conduct.ts';
import { loadYadageOf } from '../../src/engine/reana/yadage/load.ts';
import { yadageInputs } from '../../src/engine/reana/yadage/inputs.ts';
import { conduct } from '../rigs/conduct.ts';

/** @returns the commands in the order of their start */
async function commandsOf(
  stages: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-yadage-'));
  const workspace = join(directory, 'workspace');
  try {
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'workflow.yml'), `stages:\n${stages}`);
    const conductor = conductYadage({
      workflow: loadYadageOf('workflow.yml', undefined, workspace),
      ...yadageInputs(parameters, {}, workspace),
      workspace,
      jq: (_program, input) => [input],
    });
    const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
    const { jobs, failure } = await conduct(
      conductor,
      { workspace },
      join(directory, 'control'),
      environment,
    );
    expect(failure).toBeUndefined();
    return jobs.map((job) => job.command);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const step = (command: string, published: string): string => `
    step:
      process: {process_type: string-interpolated-cmd, cmd: '${command}'}
      publisher: {publisher_type: frompar-pub, outputmap: {o: ${published}}}
      environment: {environment_type: docker-encapsulated, image: busybox, imagetag: '1'}
`;

it('makes whole floats of `init` whole numbers, and leaves those of the workflow', async () => {
  const commands = await commandsOf(
    `
- name: a
  dependencies: [init]
  scheduler:
    scheduler_type: singlestep-stage
    parameters: {f: {step: init, output: f}, l: {step: init, output: l}, h: {step: init, output: h}, own: 30.0}${step('echo {f:d} {l} {h} {own}', 'f')}
- name: nested
  dependencies: [a]
  scheduler:
    scheduler_type: singlestep-stage
    parameters: {own: 5.0}
    workflow:
      stages:
      - name: b
        dependencies: [init]
        scheduler:
          scheduler_type: singlestep-stage
          parameters: {own: {step: init, output: own}}${step('echo {own}', 'own').replaceAll('\n', '\n      ')}
`,
    { f: new PythonFloat(30), l: [new PythonFloat(1), { q: new PythonFloat(2) }], h: 1.5e-5 },
  );
  expect(commands).toEqual([`echo 30 1 {'q': 2} 1.5e-05 30.0`, 'echo 5']);
});

it('counts steps from the end where an index is negative', async () => {
  const commands = await commandsOf(
    `
- name: m
  dependencies: [init]
  scheduler:
    scheduler_type: multistep-stage
    parameters: {n: {step: init, output: l}}
    scatter: {method: zip, parameters: [n]}${step('echo {n}', 'n')}
- name: last
  dependencies: [m]
  scheduler:
    scheduler_type: singlestep-stage
    parameters: {x: {stages: 'm[-1]', output: o}}${step('echo {x}', 'x')}
`,
    { l: ['a', 'b'] },
  );
  expect(commands).toEqual(['echo a', 'echo b', 'echo b']);
});

it('keeps stages apart that call their steps the same', async () => {
  const published = "interpolated-pub, glob: true, publish: {o: '{workdir}/{n}.txt'}";
  const glob = (command: string): string =>
    step(command, 'n').replace('frompar-pub, outputmap: {o: n}', published);
  const single = (name: string, n: number): string => `
- name: ${name}
  dependencies: [init]
  scheduler:
    scheduler_type: singlestep-stage
    parameters: {n: ${n}, at: '{workdir}'}${glob('echo {n} > {at}/{n}.txt')}`;
  const several = `
- name: m
  dependencies: [init]
  scheduler:
    scheduler_type: multistep-stage
    parameters: {n: [3, 4], at: '{workdir}'}
    scatter: {method: zip, parameters: [n]}${glob('echo {n} > {at}/{n}.txt')}`;
  const all = `
- name: z
  dependencies: [a, m, m_0]
  scheduler:
    scheduler_type: singlestep-stage
    parameters: {a: {stages: a, output: o}, m: {stages: m, output: o}, m0: {stages: m_0, output: o}}${step('echo {a} {m} {m0}', 'a')}`;
  const commands = await commandsOf(`${single('a', 1)}${single('a', 2)}${several}${single('m_0', 5)}${all}`, {
    x: 1,
  });
  expect(commands).toHaveLength(6);
  expect(commands.at(-1)?.match(/\d(?=\.txt)/g)).toEqual(['1', '2', '3', '4', '5']);
});

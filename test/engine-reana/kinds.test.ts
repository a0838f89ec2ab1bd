// CWL and Yadage workflows on the embedded REANA: real processes, in a real workspace, with an engine that may die.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/engine/records.ts';
import { engineRig, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

let rig: EngineRig;
afterEach(() => rig.close());

function create(specification: object, files: Readonly<Record<string, string>>): RunRecord {
  const run = rig.engine.createRun({ name: 'fit', specification });
  for (const [name, content] of Object.entries(files)) {
    const path = join(run.workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return run;
}

async function ended(run: RunRecord): Promise<RunRecord> {
  const now = (): RunRecord | undefined => rig.engine.run(run.id);
  await until('the end of the run', () => ['finished', 'failed'].includes(now()?.status ?? ''));
  return now() ?? run;
}

const read = (run: RunRecord, name: string): string => readFileSync(join(run.workspace, name), 'utf8');
const waitsForGo = 'while [ ! -e $REANA_WORKSPACE/go ]; do sleep 0.02; done';

const scatterCwl = `cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}, InlineJavascriptRequirement: {}, StepInputExpressionRequirement: {}}
inputs: {names: 'string[]', template: File}
outputs:
  letter: {type: File, outputSource: join/all}
steps:
  greet:
    run:
      class: CommandLineTool
      requirements: {ShellCommandRequirement: {}, InlineJavascriptRequirement: {}}
      inputs: {template: File, name: string}
      outputs: {text: stdout}
      stdout: $(inputs.name).txt
      arguments: [{valueFrom: '${waitsForGo}; echo begun >> $REANA_WORKSPACE/count; sed s/NAME/$(inputs.name)/', shellQuote: false}, $(inputs.template)]
    scatter: name
    in: {template: template, name: {source: names, valueFrom: '$(self.toUpperCase())'}}
    out: [text]
  join:
    run:
      class: CommandLineTool
      baseCommand: cat
      inputs: {parts: {type: 'File[]', inputBinding: {}}}
      outputs: {all: {type: File, outputBinding: {glob: letter.txt}}}
      stdout: letter.txt
    in: {parts: greet/text}
    out: [all]
`;
const cwlSpec = {
  inputs: { parameters: { names: ['ann', 'bob'], template: { class: 'File', path: 'data/template.txt' } } },
  workflow: { type: 'cwl', file: 'workflow.cwl', specification: null },
};
const cwlFiles = { 'workflow.cwl': scatterCwl, 'data/template.txt': 'Dear NAME\n' };

const yadageWorkflow = `stages:
  - name: make
    dependencies: [init]
    scheduler:
      scheduler_type: multistep-stage
      parameters: {n: {step: init, output: numbers}, out: '{workdir}/n.txt'}
      scatter: {method: zip, parameters: [n]}
      step:
        process: {process_type: string-interpolated-cmd, cmd: '${waitsForGo}; echo begun >> count; echo {n} > {out}'}
        publisher: {publisher_type: interpolated-pub, publish: {file: '{out}'}}
        environment: {environment_type: docker-encapsulated, image: busybox, imagetag: '1.36'}
  - name: sum
    dependencies: [make]
    scheduler:
      scheduler_type: singlestep-stage
      parameters: {parts: {stages: make, output: file}, out: '{workdir}/sum.txt'}
      step:
        process:
          process_type: interpolated-script-cmd
          interpreter: bash
          script: |
            cat {parts} | awk '{{s += $1}} END {{print s}}' > {out}
        publisher: {publisher_type: frompar-pub, outputmap: {sum: out}}
        environment: {environment_type: docker-encapsulated, image: busybox, imagetag: '1.36'}
`;
const yadageSpec = {
  inputs: { parameters: { numbers: [1, 2.5] } },
  workflow: { type: 'yadage', file: 'specs/workflow.yml', specification: null },
};
const yadageFiles = { 'specs/workflow.yml': yadageWorkflow };

describe('a CWL workflow on the embedded REANA', () => {
  it('runs scattered steps side by side, evaluates JavaScript, and leaves its outputs in `outputs/`', async () => {
    rig = engineRig();
    const run = create(cwlSpec, { ...cwlFiles, go: '' });
    expect(rig.engine.startRun(run.id, {})).toBe(true);
    expect(await ended(run)).toMatchObject({
      status: 'finished',
      stepsTotal: 3,
      stepsFinished: 3,
      error: undefined,
    });
    expect(read(run, 'outputs/letter.txt')).toBe('Dear ANN\nDear BOB\n');
    expect(existsSync(join(run.workspace, 'cwl'))).toBe(false);
    expect(rig.engine.runSteps(run.id).map((step) => [step.name, step.status])).toEqual([
      ['greet[0]', 'finished'],
      ['greet[1]', 'finished'],
      ['join', 'finished'],
    ]);
    const log = rig.engine.runLog(run.id).map(({ line }) => line);
    expect(log[0]).toBe('workflow started');
    expect(log.at(-1)).toMatch(/^outputs: \{"letter":\{"class":"File",.*"location":"outputs\/letter.txt"/);
  });

  it('goes on after its engine was killed, and runs no step twice', async () => {
    rig = engineRig();
    const run = create(cwlSpec, cwlFiles);
    rig.engine.startRun(run.id, {});
    await until(
      'both steps',
      () => rig.engine.runSteps(run.id).filter((step) => step.status === 'running').length === 2,
    );
    rig.reopen();
    writeFileSync(join(run.workspace, 'go'), '');
    expect(await ended(run)).toMatchObject({ status: 'finished', stepsFinished: 3 });
    expect(read(run, 'outputs/letter.txt')).toBe('Dear ANN\nDear BOB\n');
    expect(read(run, 'count')).toBe('begun\nbegun\n');
  });

  it('takes a packed workflow that was sent with the specification, and inputs from a file', async () => {
    rig = engineRig();
    const tool = {
      cwlVersion: 'v1.2',
      $graph: [
        {
          id: '#main',
          class: 'CommandLineTool',
          baseCommand: ['echo'],
          inputs: [{ id: '#main/word', type: 'string', inputBinding: {} }],
          outputs: [{ id: '#main/said', type: 'stdout' }],
          stdout: 'said.txt',
        },
      ],
    };
    const run = create(
      {
        inputs: { parameters: { input: 'inputs.yml' } },
        workflow: { type: 'cwl', file: 'echo.cwl', specification: tool },
      },
      { 'inputs.yml': 'word: hello\n' },
    );
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({ status: 'finished', error: undefined });
    expect(read(run, 'outputs/said.txt')).toBe('hello\n');
  });

  it('fails with the words of what went wrong', async () => {
    rig = engineRig();
    const run = create(
      { inputs: {}, workflow: { type: 'cwl', file: 'w.cwl', specification: null } },
      {
        'w.cwl':
          'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: "true"\ninputs: []\noutputs: {lost: {type: File, outputBinding: {glob: lost.txt}}}\n',
      },
    );
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({
      status: 'failed',
      error: 'step `main` failed: output `lost` is missing: no file or value was found for it',
    });
    const absent = create(
      { inputs: {}, workflow: { type: 'cwl', file: 'absent.cwl', specification: null } },
      {},
    );
    rig.engine.startRun(absent.id, {});
    expect(await ended(absent)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('absent.cwl') as string,
    });
  });

  it('stops JavaScript that does not end, and goes on serving', async () => {
    rig = engineRig();
    const run = create(
      { inputs: {}, workflow: { type: 'cwl', file: 'w.cwl', specification: null } },
      {
        'w.cwl':
          'cwlVersion: v1.2\nclass: ExpressionTool\nrequirements: {InlineJavascriptRequirement: {}}\ninputs: []\noutputs: {o: Any}\nexpression: "${ while (true) {} }"\n',
      },
    );
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({
      status: 'failed',
      error: 'the JavaScript failed: it takes longer than 10 s',
    });
  }, 40_000);
});

describe('a Yadage workflow on the embedded REANA', () => {
  it('runs its stages as their schedule unfolds', async () => {
    rig = engineRig();
    const run = create(yadageSpec, { ...yadageFiles, go: '' });
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({ status: 'finished', stepsTotal: 3, error: undefined });
    expect(read(run, 'sum/sum.txt')).toBe('3.5\n');
    expect(rig.engine.runSteps(run.id).map((step) => [step.name, step.image])).toEqual([
      ['make_0', 'busybox:1.36'],
      ['make_1', 'busybox:1.36'],
      ['sum', 'busybox:1.36'],
    ]);
  });

  it('goes on after its engine was killed, and runs no step twice', async () => {
    rig = engineRig();
    const run = create(yadageSpec, yadageFiles);
    rig.engine.startRun(run.id, {});
    await until(
      'both steps',
      () => rig.engine.runSteps(run.id).filter((step) => step.status === 'running').length === 2,
    );
    rig.reopen();
    writeFileSync(join(run.workspace, 'go'), '');
    expect(await ended(run)).toMatchObject({ status: 'finished', stepsFinished: 3 });
    expect(read(run, 'sum/sum.txt')).toBe('3.5\n');
    expect(read(run, 'count')).toBe('begun\nbegun\n');
  });

  it('fails when its files are gone after its engine was killed, once its steps have ended', async () => {
    rig = engineRig();
    const run = create(yadageSpec, yadageFiles);
    rig.engine.startRun(run.id, {});
    await until(
      'both steps',
      () => rig.engine.runSteps(run.id).filter((step) => step.status === 'running').length === 2,
    );
    rmSync(join(run.workspace, 'specs'), { recursive: true });
    rig.reopen();
    expect(rig.engine.run(run.id)).toMatchObject({ status: 'running' });
    writeFileSync(join(run.workspace, 'go'), '');
    expect(await ended(run)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('specs/workflow.yml') as string,
    });
    expect(rig.engine.runSteps(run.id).map((step) => step.status)).toEqual(['finished', 'finished']);
  });

  it('lets independent branches go on when a step fails, and says what never ran', async () => {
    rig = engineRig();
    const stage = (name: string, needs: string, cmd: string) => `
  - name: ${name}
    dependencies: [${needs}]
    scheduler:
      scheduler_type: singlestep-stage
      parameters: {}
      step:
        process: {process_type: string-interpolated-cmd, cmd: '${cmd}'}
        publisher: {publisher_type: fromglob-pub, globexpression: '*', outputkey: files}
        environment: {environment_type: docker-encapsulated, image: busybox}`;
    const text = `stages:${stage('bad', 'init', 'exit 3')}${stage('after', 'bad', 'touch never')}${stage('good', 'init', 'sleep 0.2; touch made')}\n`;
    const run = create(
      { inputs: { parameters: { x: 1 } }, workflow: { type: 'yadage', file: 'w.yml', specification: null } },
      { 'w.yml': text },
    );
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({ status: 'failed', error: 'step `bad` failed' });
    expect(existsSync(join(run.workspace, 'made'))).toBe(true);
    expect(existsSync(join(run.workspace, 'never'))).toBe(false);
    expect(rig.engine.runSteps(run.id).map((step) => [step.name, step.status])).toEqual([
      ['bad', 'failed'],
      ['good', 'finished'],
    ]);
  });

  it('fails when the values of a step cannot be read, and its engine goes on', async () => {
    rig = engineRig();
    const stage = (name: string, publisher: string) => `
  - name: ${name}
    dependencies: [init]
    scheduler:
      scheduler_type: singlestep-stage
      parameters: {}
      step:
        process: {process_type: string-interpolated-cmd, cmd: 'true'}
        publisher: ${publisher}
        environment: {environment_type: docker-encapsulated, image: busybox}`;
    const text = `stages:${stage('made', '{publisher_type: fromyaml-pub, yamlfile: absent.yml}')}\n`;
    const run = create(
      { inputs: { parameters: { x: 1 } }, workflow: { type: 'yadage', file: 'w.yml', specification: null } },
      { 'w.yml': text },
    );
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({ status: 'failed', error: 'step `made` failed' });
    expect(rig.fatal).toEqual([]);
    const lines = rig.engine.runLog(run.id).map(({ line }) => line);
    expect(lines).toContainEqual(expect.stringMatching(/^step made failed: cannot read `.*absent\.yml`/));
  });

  it('counts as finished when a stage waits for what does not exist, and says so in its log', async () => {
    rig = engineRig();
    const run = create({ ...yadageSpec, inputs: {} }, yadageFiles);
    rig.engine.startRun(run.id, {});
    expect(await ended(run)).toMatchObject({ status: 'finished', stepsFinished: 0 });
    expect(rig.engine.runLog(run.id).map(({ line }) => line)).toContain(
      'stage make was never run: what it depends on has not come; the workflow counts as finished all the same',
    );
  });
});

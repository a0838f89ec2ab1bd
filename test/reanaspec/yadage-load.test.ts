import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { pythonText, toPythonValue } from '../../src/reanaspec/python-value.ts';
import { pythonScalar, readPythonTree } from '../../src/reanaspec/python-yaml.ts';
import { loadYadage } from '../../src/reanaspec/yadage/load.ts';
import type { YadageWorkflow } from '../../src/reanaspec/yadage/model.ts';
import { readYadageWorkflow } from '../../src/reanaspec/yadage/read.ts';
import { readTextFile } from '../../src/source/text-file.ts';
import { toValue } from '../../src/source/tree.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

interface Loaded {
  readonly lines: readonly string[];
  readonly value: unknown;
  readonly workflow: YadageWorkflow | undefined;
}

/** Loads `workflow.yml` among some texts. */
function load(
  texts: Readonly<Record<string, string>>,
  source: { file?: string; toplevel?: string } = {},
): Loaded {
  const readText: ReadText = (path) => {
    const text = texts[path];
    return text === undefined
      ? { ok: false, reason: 'missing', detail: 'does not exist' }
      : { ok: true, text };
  };
  const findings = new Findings();
  const loaded = loadYadage({ workspace: '', file: 'workflow.yml', ...source }, readText, findings);
  const workflow = loaded.root === undefined ? undefined : readYadageWorkflow(loaded.root, findings);
  const lines = findings.sorted().map(({ code, span, message, help }) => {
    const place = texts[span.file]?.slice(span.start, span.end).split('\n')[0] ?? '';
    return `${span.file} [${place}] ${code} ${message}${help === undefined ? '' : ` (${help})`}`;
  });
  return { lines, value: loaded.root === undefined ? loaded : toValue(loaded.root), workflow };
}

const step = `process: {process_type: string-interpolated-cmd, cmd: 'echo {x}'}
publisher: {publisher_type: interpolated-pub, publish: {res: '{x}'}}
environment: {environment_type: docker-encapsulated, image: busybox, imagetag: '1.36'}
`;
const stageWith = (reference: string): string =>
  `stages:\n- name: a\n  scheduler:\n    scheduler_type: singlestep-stage\n    parameters: {x: 1}\n    step: {$ref: '${reference}'}\n`;

describe('the loader of Yadage', () => {
  it('finds references of the named document from the toplevel, those of the others from themselves', () => {
    const { lines, value } = load(
      {
        'specs/workflow.yml': stageWith('specs/steps.yml#/one'),
        'specs/steps.yml': 'one: {$ref: parts/one.yml}\n',
        'specs/parts/one.yml': step,
      },
      { file: 'specs/workflow.yml' },
    );
    expect(lines).toEqual([]);
    expect(value).toMatchObject({ stages: [{ scheduler: { step: { publisher: { glob: false } } } }] });
    const withToplevel = load(
      {
        'specs/workflow.yml': stageWith('steps.yml#/one'),
        'specs/steps.yml': `one:\n  ${step.replaceAll('\n', '\n  ')}\n`,
      },
      { toplevel: 'specs' },
    );
    expect(withToplevel.lines).toEqual([]);
  });

  it('says where a path would have been right, and what a pointer misses', () => {
    const texts = { 'specs/workflow.yml': stageWith('steps.yml#/onn'), 'specs/steps.yml': `one: {a: 1}\n` };
    expect(load(texts, { file: 'specs/workflow.yml' }).lines).toEqual([
      "specs/workflow.yml ['steps.yml#/onn'] yadage/missing-file `steps.yml` does not exist (in this document paths start at the workspace: `specs/steps.yml`)",
    ]);
    expect(load(texts, { toplevel: 'specs' }).lines).toEqual([
      "specs/workflow.yml ['steps.yml#/onn'] yadage/unknown-reference `steps.yml#/onn` leads to nothing: there is no `onn` (did you mean `one`?)",
    ]);
    expect(load({ 'workflow.yml': stageWith('../x.yml') }).lines).toEqual([
      "workflow.yml ['../x.yml'] yadage/missing-file `../x.yml` lies outside of the workspace, so it is not there when the workflow runs",
    ]);
  });

  it('does not go round in circles', () => {
    expect(load({ 'workflow.yml': stageWith('#/stages/0/scheduler/step') }).lines).toEqual([
      "workflow.yml ['#/stages/0/scheduler/step'] yadage/reference-circle this reference leads back to itself",
    ]);
    expect(load({ 'workflow.yml': stageWith('#/stages/0') }).lines).toEqual([
      "workflow.yml ['#/stages/0'] yadage/reference-circle this reference leads into what it is a part of",
    ]);
  });

  it('has a limit to what references may come to', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `l${level}: [{$ref: '#/l${level + 1}'}, {$ref: '#/l${level + 1}'}]`,
    );
    const { lines } = load({
      'workflow.yml': stageWith('bomb.yml#/l0'),
      'bomb.yml': `${levels.join('\n')}\nl30: x\n`,
    });
    expect(lines.filter((line) => line.includes('yadage/too-large'))).toHaveLength(1);
  });

  it('leaves what lies on other machines alone, and names it', () => {
    const readText: ReadText = () => ({ ok: true, text: stageWith('https://example.org/steps.yml#/a') });
    const findings = new Findings();
    expect(loadYadage({ workspace: '', file: 'w.yml' }, readText, findings).elsewhere).toEqual([
      'https://example.org/steps.yml',
    ]);
    const remote = loadYadage({ workspace: '', file: 'w.yml', toplevel: 'github:a/b' }, readText, findings);
    expect(remote).toEqual({ root: undefined, fault: undefined, elsewhere: ['github:a/b'] });
    expect(findings.count).toBe(0);
  });

  it('says in words why the file of the workflow cannot be read', () => {
    expect(load({}).value).toEqual({ root: undefined, fault: 'does not exist', elsewhere: [] });
  });

  it('makes links only of parameters that are a mapping, and refuses values that no parameter can have', () => {
    const stage = (parameters: string): string => stageWith('steps.yml').replace('{x: 1}', parameters);
    const texts = { 'steps.yml': step };
    const link = load({ ...texts, 'workflow.yml': stage('{x: {step: init, output: v}}') });
    expect(link.lines).toEqual([]);
    expect(link.workflow?.stages[0]?.scheduler).toMatchObject({
      parameters: [
        {
          key: 'x',
          value: {
            kind: 'expression',
            expression: { type: 'step', step: { text: 'init' }, output: { text: 'v' } },
          },
        },
      ],
    });
    expect(
      load({ ...texts, 'workflow.yml': stage('[{key: x, value: {step: init, output: v}}]') }).lines,
    ).toEqual([
      'workflow.yml [step] yadage/parameter-list `step` makes a link only where the parameters are a mapping; here `x` becomes the mapping itself (add `expression_type: stage-output-selector`, or write `parameters` as a mapping)',
    ]);
    expect(load({ ...texts, 'workflow.yml': stage('{x: yes}') }).lines).toEqual([
      'workflow.yml [yes] yadage/parameter-value parameter `x` cannot be a truth value: the loader takes texts, numbers, lists and mappings (put it in quotes)',
    ]);
  });

  it('keeps places: what stands in another file is found there', () => {
    const texts = { 'workflow.yml': stageWith('steps.yml'), 'steps.yml': step };
    const runs = load(texts).workflow?.stages[0]?.scheduler.runs;
    const command =
      runs?.kind === 'step' && runs.step.process?.type === 'string-interpolated-cmd'
        ? runs.step.process.command
        : undefined;
    expect(command?.node.source.file).toBe('steps.yml');
    expect(texts['steps.yml'].slice(command?.node.start, command?.node.end)).toBe("'echo {x}'");
  });
});

describe('Python', () => {
  it.each([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['010', 8],
    ['08', '08'],
    ['0o10', '0o10'],
    ['0b11', 3],
    ['-0x1F', -31],
    ['1_000', 1000],
    ['12:30', 750],
    ['1e3', '1e3'],
    ['1.5e+3', 1500],
    ['1.', 1],
    ['.5', 0.5],
    ['-.inf', -Infinity],
    ['1.2.3', '1.2.3'],
    ['123456789012345678901', '123456789012345678901'],
  ])('reads `%s` as %s', (text, value) => expect(pythonScalar(text)).toBe(value));

  it('prints values in commands', () => {
    const tree = readPythonTree(
      'x',
      `[30.0, 30, 1.5, yes, null, "it's", [a, {b: 1e5}], 1.0e-5]`,
      new Findings(),
    );
    const values = tree?.kind === 'sequence' ? tree.items.map((item) => pythonText(toPythonValue(item))) : [];
    expect(values).toEqual(['30.0', '30', '1.5', 'True', 'None', "it's", "['a', {'b': '1e5'}]", '1e-05']);
  });
});

describeWithShared('real Yadage workflows', () => {
  const folder = sharedPath('resolved/reana/loaded');
  const documents = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as LoadedDocument) }))
    .filter((document) => document.create_body.workflow.type === 'yadage');

  it('are there', () => expect(documents.length).toBeGreaterThan(10));

  it.each(documents.map((document) => [document.name, document] as const))(
    '%s is loaded as the real loader does',
    (name, document) => {
      const workspace = sharedPath('corpus/reana', dirname(name));
      const findings = new Findings();
      const source = { workspace, file: document.create_body.workflow.file };
      const { root } = loadYadage(source, readTextFile, findings);
      expect(root === undefined ? undefined : toValue(root)).toEqual(document.loaded_specification);
      const workflow = root === undefined ? undefined : readYadageWorkflow(root, findings);
      expect(
        findings.sorted().map((finding) => [relative(workspace, finding.span.file), finding.message]),
      ).toEqual([]);
      expect(workflow?.stages.map((stage) => stage.name)).toEqual(
        document.loaded_specification.stages.map((stage) => stage.name),
      );
    },
  );
});

interface LoadedDocument {
  readonly loaded_specification: { readonly stages: readonly { readonly name: string }[] };
  readonly create_body: { readonly workflow: { readonly type: string; readonly file: string } };
}

// Plans against what the real server's code made of the same workflows.
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { ReadText } from '../../src/base/read-text.ts';
import { dumpPlan } from '../../src/workflow/dump.ts';
import { forecast } from '../../src/workflow/forecast.ts';
import type { Value } from '../../src/workflow/model.ts';
import type { Link, PlannedStep } from '../../src/workflow/plan.ts';
import { quoteShellWord } from '../../src/prun/shell-words.ts';
import { allSteps, planCwl, readerOf } from '../rigs/documents.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';

interface Node {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly is_tail: boolean;
  readonly is_workflow_output: boolean;
  readonly parents: readonly number[];
  readonly condition: unknown;
  readonly scatter: readonly string[] | null;
  readonly loop: boolean;
  readonly in_loop: boolean;
  readonly inputs: Readonly<Record<string, { default?: Value; value?: Value; suppressed?: boolean }>>;
  readonly outputs: Readonly<Record<string, string | null>>;
  readonly output_types: readonly string[] | null;
  readonly root_inputs?: Readonly<Record<string, Value>> | null;
  readonly task_params?: { readonly cliParams?: string } | null;
  readonly sub_nodes: readonly Node[];
}

interface Answer {
  readonly error?: string;
  readonly nodes_final?: readonly Node[];
  readonly dump_nodes_before_params?: string;
  readonly dump_nodes?: string;
  readonly workflow_dump?: string;
  readonly verify?: readonly { readonly id: number; readonly ok: boolean; readonly message: string }[];
}

interface Recording {
  readonly name: string;
  readonly cwl_file: string;
  readonly cwl_text?: string;
  readonly outDS: string;
  readonly inputs: Readonly<Record<string, Value>> | null;
  readonly as_is: Answer;
  readonly repaired?: Answer;
  readonly old_resolver_pcwl_utils?: Answer | string;
}

const names = ['test', 'sig_bg_comb', 'merge_many', 'cond', 'reana', 'gitlab', 'loop', 'loop_body', 'hpo'];
const extras = [
  'extra_cond_and',
  'extra_cond_or_not',
  'extra_multi_source',
  'extra_no_out',
  'extra_reorder',
  'extra_two_outputs_names',
  'extra_unresolved_ds2',
  'extra_wildcard_output',
];

describeWithShared('plans of recorded workflows', () => {
  it.each([...names, ...extras])('%s is planned as the server planned it', (name) => {
    const { recording, answer, planned } = load(name);
    const nodes = answer.nodes_final ?? [];
    expect(nodes.length).toBeGreaterThan(0);
    expect(planned.plan.steps.map(comparable)).toEqual(nodes.map(expected));
    expect(planned.plan.outDS).toBe(recording.outDS);
  });

  it.each([...names, ...extras])('the text dump of %s is the same, byte for byte', (name) => {
    const { answer, planned } = load(name);
    const parameters = new Map(allNodes(answer.nodes_final ?? []).map((node) => [node.id, node.task_params]));
    expect(dumpPlan(planned.plan, (step) => parameters.get(step.id) ?? undefined)).toBe(answer.dump_nodes);
    // Before parameters the texts still hold their placeholders, but the lines about parents and datasets are the same.
    const frame = (text: string | undefined): readonly string[] =>
      (text ?? '').split('\n').filter((line) => !/^ {5}opt_(?:exec|args):/.test(line));
    expect(frame(dumpPlan(planned.plan))).toEqual(frame(answer.dump_nodes_before_params));
  });

  it.each([...names, ...extras])(
    'steps of %s wait for their parents as the server makes them wait',
    (name) => {
      const { answer, planned } = load(name);
      expect(linksInPlan(planned.plan.steps)).toEqual(linksInDump(answer.workflow_dump ?? ''));
    },
  );

  it.each([...names, ...extras])('errors are found in %s exactly when the server refuses it', (name) => {
    const { answer, planned } = load(name);
    const refused = (answer.verify ?? []).filter((verdict) => !verdict.ok);
    const errors = planned.findings.sorted().filter((finding) => finding.severity === 'error');
    expect(errors.length > 0, planned.lines.join('\n')).toBe(refused.length > 0);
  });

  it('a cycle is found instead of an endless recursion', () => {
    expect(load('extra_cycle').planned.lines).toEqual([
      'extra_cycle.cwl:12:3: error[workflow/cycle] steps wait for each other in a circle: `a` after `z` after `a`',
    ]);
  });

  it('missing opt_args are found instead of a KeyError', () => {
    expect(load('extra_no_opt_args').planned.lines).toEqual([
      'extra_no_opt_args.cwl:12:3: error[workflow/missing-parameter] the step `a` needs `opt_args`',
    ]);
  });

  it('the documented hpo example is found to be too old for `when`, and to lack a type', () => {
    const reader = corpusReader();
    expect(planCwl('hpo.cwl', reader).lines).toEqual([
      'hpo.cwl:29:5: error[cwl/field-version] `when` came with CWL v1.2; this document says v1.0',
      'hpo.cwl:34:17: error[workflow/unknown-type] which files `main_hpo` makes is not known: a `phpo` step has no `--outputs`',
      'hpo.cwl:40:5: error[cwl/field-version] `when` came with CWL v1.2; this document says v1.0',
    ]);
  });

  it('the steps a workflow is run for are its tails, not all leaves of its sub-workflows', () => {
    expect(load('merge_many').planned.plan.outputSteps).toEqual([14]);
    expect(load('loop').planned.plan.outputSteps).toEqual([5]);
  });

  it('a forecast says of a step what the plan says', () => {
    const { planned } = load('merge_many');
    const { steps } = forecast(planned.plan);
    const combine = steps[0]?.steps.find((step) => step.name === 'combine');
    expect(combine).toMatchObject({
      id: 5,
      type: 'prun',
      parents: [2, 3, 4],
      link: 'processed',
      condition: null,
      scatter: null,
      scatter_index: 0,
      outputs: ['user.alice.blah_005_combine'],
      datasets: ['user.alice.blah_005_combine_aaa.root/'],
    });
    expect(steps.map((step) => [step.name, step.scatter, step.link])).toEqual([
      ['many_sig_bg_comb', ['signal', 'background'], null],
      ['many_sig_bg_comb', ['signal', 'background'], null],
      ['merge', null, 'processed'],
    ]);
  });
});

function load(name: string): { recording: Recording; answer: Answer; planned: ReturnType<typeof planCwl> } {
  const recording = sharedJson('resolved', `${name}.json`) as Recording;
  const old = recording.old_resolver_pcwl_utils;
  const answer = typeof old === 'object' ? old : (recording.repaired ?? recording.as_is);
  const texts = recording.cwl_text === undefined ? {} : { [recording.cwl_file]: recording.cwl_text };
  const own = readerOf(name === 'hpo' ? { 'hpo.cwl': repairedHpo() } : texts);
  const corpus = corpusReader();
  const reader: ReadText = (path) => {
    const answered = own(path);
    return answered.ok ? answered : corpus(path);
  };
  const planned = planCwl(recording.cwl_file, reader, {
    inputs: recording.inputs ?? {},
    outDS: recording.outDS,
  });
  return { recording, answer, planned };
}

function corpusReader(): ReadText {
  const folder = dirname(sharedPath('corpus', 'panda-cwl', 'test.cwl'));
  return (path) => {
    const file = `${folder}/${path}`;
    if (!existsSync(file)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    return { ok: true, text: readFileSync(file, 'utf8') };
  };
}

/** The repairs that the recording names. */
function repairedHpo(): string {
  const answer = corpusReader()('hpo.cwl');
  const text = answer.ok ? answer.text : '';
  return text
    .replace('cwlVersion: v1.0', 'cwlVersion: v1.2')
    .replace(
      'opt_inDS: main_hpo/outDS',
      'opt_inDS: main_hpo/outDS\n      opt_inDsType: {default: metrics.tgz}',
    );
}

function comparable(step: PlannedStep): unknown {
  return {
    id: step.id,
    name: step.name,
    type: step.type,
    isTail: step.isTail,
    isWorkflowOutput: step.isWorkflowOutput,
    parents: step.parents,
    condition: step.condition ?? null,
    scatter: step.scatter,
    loop: step.loop,
    inLoop: step.inLoop,
    inputs: step.inputs,
    suppressed: step.suppressed,
    outputs: step.outputs,
    // The server leaves the types of everything but prun's own kind empty.
    outputTypes: step.outputTypes,
    rootInputs: step.rootInputs,
    command: commandOf(step.type, step.command.map(quoteShellWord).join(' ')),
    steps: step.steps.map(comparable),
  };
}

function expected(node: Node): unknown {
  const inputs = Object.entries(node.inputs).map(([key, input]) => [lastPart(key), input] as const);
  return {
    id: node.id,
    name: node.name,
    type: node.type,
    isTail: node.is_tail,
    isWorkflowOutput: node.is_workflow_output,
    parents: node.parents,
    condition: node.condition,
    scatter: (node.scatter ?? []).map(lastPart),
    loop: node.loop,
    inLoop: node.in_loop,
    inputs: Object.fromEntries(inputs.map(([name, input]) => [name, input.value ?? input.default ?? null])),
    suppressed: inputs.filter(([, input]) => input.suppressed === true).map(([name]) => name),
    outputs: node.type === 'workflow' ? [] : Object.values(node.outputs),
    outputTypes: node.output_types ?? [],
    rootInputs: Object.fromEntries(
      Object.entries(node.root_inputs ?? {}).map(([key, value]) => [
        key.slice(key.lastIndexOf('#') + 1),
        value,
      ]),
    ),
    command: commandOf(node.type, node.task_params?.cliParams ?? ''),
    steps: node.sub_nodes.map(expected),
  };
}

/** phpo shows its options without its name, and behind them those it reads from `--loadJson`. */
function commandOf(type: string, command: string): string {
  return type === 'phpo' ? command.replace(/^phpo /, '').replace(/ --evaluationContainer=.*/, '') : command;
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function allNodes(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.sub_nodes)]);
}

/** `parent kind child` */
function linksInPlan(steps: readonly PlannedStep[]): readonly string[] {
  const show = (step: PlannedStep, link: Link): string => `${link.parent} ${link.kind} ${step.id}`;
  return allSteps(steps)
    .flatMap((step) => step.links.map((link) => show(step, link)))
    .sort();
}

function linksInDump(dump: string): readonly string[] {
  const links = [...dump.matchAll(/Default Link ID:(\d+) is_(\w+) -> ID:(\d+)/g)].map(([, ...parts]) =>
    parts.join(' '),
  );
  for (const [, terms = '', child = ''] of dump.matchAll(/Unary Ops AndCondition\((.*)\) -> ID:(\d+)/g)) {
    for (const [, parent = '', kind = ''] of terms.matchAll(/ID:(\d+) is_([a-z]+)/g))
      links.push(`${parent} ${kind} ${child}`);
  }
  return [...new Set(links)].sort();
}

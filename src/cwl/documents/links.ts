// The links of one workflow: where every input of a step and every output takes its value from, and whether it fits.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import {
  keyText,
  scalarText,
  spanOf,
  textOf,
  valueOf,
  type ScalarNode,
  type TreeNode,
} from '../../source/tree.ts';
import { orderSteps } from '../../workflow/order.ts';
import { canFlow, type LinkOptions } from '../types/flow.ts';
import { showType } from '../types/show.ts';
import { alternatives, arrayOf, mayBeNull, optional, unknownType, type CwlType } from '../types/type.ts';
import { recordOf } from './grammar/records.ts';
import { fieldOf, shortName, texts, type Port, type Process } from './process.ts';
import type { Features } from './requirements.ts';

/** A workflow, with the steps that could be read. */
export interface Links {
  readonly workflow: Process;
  readonly findings: Findings;
  readonly steps: readonly LinkedStep[];
  /** The type of an input or output of the workflow itself. */
  readonly typeOf: (port: Port) => CwlType;
}

export interface LinkedStep {
  readonly name: string;
  readonly key: TreeNode;
  readonly node: TreeNode;
  readonly inputs: readonly Port[];
  /** As written under `out`. */
  readonly outputs: readonly { readonly name: string; readonly node: TreeNode }[];
  /** What holds inside of the step. */
  readonly features: Features;
  /** What it runs; `undefined` when that is not known. */
  readonly program: Program | undefined;
}

export interface Program {
  readonly process: Process;
  readonly typeOf: (port: Port) => CwlType;
  /** In words: the name of its file. */
  readonly name: string;
}

interface Giver {
  /** The unknown type when only the name is known. */
  readonly type: CwlType;
  readonly step: LinkedStep | undefined;
}

/** Reports sources that do not exist, types that do not fit, circles, and what nobody uses. */
export function checkLinks(links: Links): void {
  const givers = giversOf(links);
  const used = new Set<string>();
  let isWhole = links.steps.every((step) => step.node.kind === 'map');
  const use = (node: TreeNode | undefined): void => {
    for (const source of texts(node)) {
      const name = sourceName(links.workflow, scalarText(source));
      if (givers.has(name)) used.add(name);
      else {
        isWhole = false;
        reportUnknownSource(links, givers, source, name);
      }
    }
  };
  for (const step of links.steps) {
    const names = scatterNames(step).map(inputName);
    // Which input a misspelt name was meant for is not known.
    const isKnown = names.every((name) => step.inputs.some((port) => port.name === name));
    for (const port of step.inputs) {
      use(sourceOf(port.node));
      if (isUnreadable(port)) isWhole = false;
      if (isKnown) checkStepInput(links, givers, step, port, names.includes(port.name));
    }
  }
  for (const port of links.workflow.outputs) {
    const node = fieldOf(port.node, 'outputSource');
    use(node);
    checkFlow(links, givers, port, node, links.typeOf(port), `the output \`${port.name}\``, 'output');
  }
  checkCircles(links);
  // Behind a misspelt source stands something that is used.
  if (isWhole) checkUnused(links, givers, used);
}

/** What may be named as a source: `input`, and `step/output`. */
function giversOf({ workflow, steps, typeOf }: Links): ReadonlyMap<string, Giver> {
  const givers = new Map<string, Giver>();
  for (const port of workflow.inputs) {
    const type = typeOf(port);
    // A default stands in for a value that is left out.
    givers.set(port.name, { type: hasDefault(port.node) ? withoutNull(type) : type, step: undefined });
  }
  for (const step of steps) {
    for (const { name } of step.outputs)
      givers.set(`${step.name}/${name}`, { type: outputType(step, name), step });
  }
  return givers;
}

/** The type of an output of a step: a list of it when the step is scattered, perhaps nothing when it is conditional. */
function outputType(step: LinkedStep, name: string): CwlType {
  const port = step.program?.process.outputs.find((candidate) => candidate.name === name);
  if (step.program === undefined || port === undefined) return unknownType;
  const type = step.program.typeOf(port);
  let result = fieldOf(step.node, 'when') === undefined ? type : optional(type);
  const names = scatterNames(step);
  const isNested = textOf(fieldOf(step.node, 'scatterMethod')) === 'nested_crossproduct';
  for (let depth = names.length === 0 ? 0 : isNested ? names.length : 1; depth > 0; depth--)
    result = arrayOf(result);
  return result;
}

export function scatterNames(step: { readonly node: TreeNode }): readonly ScalarNode[] {
  return texts(fieldOf(step.node, 'scatter'));
}

/** The name of an input of a step: `#main/step/input` is `input`. */
export function inputName(node: ScalarNode): string {
  return shortName(scalarText(node));
}

/** Whether what an input of a step takes may stand in a field that is misspelt. */
export function isUnreadable({ node }: Port): boolean {
  if (node.kind !== 'map' || node.entries.length === 0) return false;
  const known = recordOf('step input', 'v1.2').fields;
  return node.entries.some(({ key }) => !known.has(keyText(key)) && !/[$:]/.test(keyText(key)));
}

/** The source of an input of a step, in its long or its short form. */
function sourceOf(node: TreeNode): TreeNode | undefined {
  return node.kind === 'map' ? fieldOf(node, 'source') : node;
}

/** `#main/step/output` in the workflow `main` is `step/output`. */
function sourceName(workflow: Process, written: string): string {
  const name = written.replace(/^[^#]*#/, '');
  const id = textOf(valueOf(workflow.node, 'id'))?.replace(/^#/, '');
  return id !== undefined && written.includes('#') && name.startsWith(`${id}/`)
    ? name.slice(id.length + 1)
    : name;
}

function reportUnknownSource(
  { findings, steps, workflow }: Links,
  givers: ReadonlyMap<string, Giver>,
  source: ScalarNode,
  name: string,
): void {
  const slash = name.lastIndexOf('/');
  const step = steps.find((candidate) => candidate.name === name.slice(0, Math.max(slash, 0)));
  const output = name.slice(slash + 1);
  if (step !== undefined) {
    const names = step.outputs.map((candidate) => candidate.name);
    const isThere = step.program?.process.outputs.some((port) => port.name === output) === true;
    const nearest = closest(output, names) ?? (names.length === 1 ? names[0] : undefined);
    const message = `the step \`${step.name}\` has no output \`${output}\``;
    findings.error('cwl/unknown-source', spanOf(source), message, {
      help: isThere
        ? `write \`${output}\` under \`out\` of the step`
        : nearest === undefined
          ? undefined
          : `did you mean \`${step.name}/${nearest}\`?`,
    });
    return;
  }
  const own = steps.find((candidate) => candidate.name === name);
  const [first] = own?.outputs ?? [];
  const near = closest(name, givers.keys());
  const help =
    own !== undefined && first !== undefined
      ? `did you mean \`${own.name}/${first.name}\`?`
      : near !== undefined
        ? `did you mean \`${near}\`?`
        : name === '' || /\s/.test(name)
          ? 'a fixed value goes under `default:`'
          : workflow.inputs.length > 0 && workflow.inputs.length <= 8 && slash < 0
            ? `inputs of the workflow are ${workflow.inputs.map((port) => `\`${port.name}\``).join(', ')}`
            : undefined;
  findings.error('cwl/unknown-source', spanOf(source), `there is no \`${name}\` to take data from`, { help });
}

function checkStepInput(
  links: Links,
  givers: ReadonlyMap<string, Giver>,
  step: LinkedStep,
  port: Port,
  isScattered: boolean,
): void {
  const source = sourceOf(port.node);
  const taken = step.program?.process.inputs.find((input) => input.name === port.name);
  if (step.program === undefined || taken === undefined) return;
  if (fieldOf(port.node, 'valueFrom') !== undefined && !isScattered) return;
  const declared = step.program.typeOf(taken);
  // The default of the program stands in for `null`.
  const sink = hasDefault(taken.node) || hasDefault(port.node) ? optional(declared) : declared;
  const wanted = fieldOf(port.node, 'valueFrom') === undefined ? sink : unknownType;
  const what = `the input \`${port.name}\` of \`${step.name}\``;
  checkFlow(links, givers, port, source, wanted, what, isScattered ? 'scattered input' : 'input');
}

function checkFlow(
  links: Links,
  givers: ReadonlyMap<string, Giver>,
  port: Port,
  source: TreeNode | undefined,
  sink: CwlType,
  what: string,
  kind: SinkKind,
): void {
  if (source === undefined) return;
  const linkMergeText = textOf(fieldOf(port.node, 'linkMerge'));
  const pickValueText = textOf(fieldOf(port.node, 'pickValue'));
  // Of a word that means nothing it is not known what it was meant to make of the values.
  if (linkMergeText !== undefined && !isMerge(linkMergeText)) return;
  if (pickValueText !== undefined && pickValueOf(pickValueText) === undefined) return;
  const sources = texts(source);
  const isList = source.kind === 'sequence';
  const pickValue = pickValueOf(pickValueText);
  // A single source outside of a list is not merged, whatever `linkMerge` says.
  const merge = !isList ? undefined : (linkMergeText ?? (sources.length > 1 ? 'merge_nested' : undefined));
  const picksOne = pickValue === 'first_non_null' || pickValue === 'the_only_non_null';
  const linkMerge = !picksOne && merge !== undefined && isMerge(merge) ? merge : undefined;
  for (const node of sources) {
    const giver = givers.get(sourceName(links.workflow, scalarText(node)));
    if (giver === undefined) continue;
    // What is picked from are the items: of the one source that is a list, or of all when they are put into one.
    const isPicked = pickValue !== undefined && (!isList || linkMerge === 'merge_flattened');
    const given = isPicked ? picked(giver.type, picksOne) : giver.type;
    const options: LinkOptions = {
      linkMerge,
      pickValue: isList ? pickValue : undefined,
      scatterDepth: kind === 'scattered input' ? 1 : 0,
    };
    const answer = canFlow(given, sink, options);
    if (answer !== 'yes') reportFlow(links, node, { given, sink, what, kind, options, answer, giver });
  }
}

type SinkKind = 'input' | 'scattered input' | 'output';

interface BadFlow {
  readonly kind: SinkKind;
  readonly given: CwlType;
  readonly sink: CwlType;
  readonly what: string;
  readonly options: LinkOptions;
  readonly answer: 'maybe' | 'no';
  readonly giver: Giver;
}

function reportFlow({ findings }: Links, node: ScalarNode, flow: BadFlow): void {
  const { given, what, options, answer } = flow;
  const wanted = flow.kind === 'scattered input' ? arrayOf(flow.sink) : flow.sink;
  const name = scalarText(node).replace(/^#/, '');
  const merged = options.linkMerge === undefined ? '' : ` (\`${options.linkMerge}\`)`;
  if (answer === 'maybe') {
    const isConditional =
      flow.giver.step !== undefined && fieldOf(flow.giver.step.node, 'when') !== undefined;
    const why = isConditional ? ': its step has a `when`' : '';
    const nothing = mayBeNull(given) && !mayBeNull(wanted);
    const message = nothing
      ? `\`${name}\` may give nothing${why}, but ${what} takes \`${showType(wanted)}\``
      : `\`${name}\` gives \`${showType(given)}\`${merged}, and ${what} takes only \`${showType(wanted)}\``;
    findings.warning('cwl/type-mismatch', spanOf(node), message);
    return;
  }
  const message = `\`${name}\` gives \`${showType(given)}\`${merged}, but ${what} takes \`${showType(wanted)}\``;
  findings.error('cwl/type-mismatch', spanOf(node), message, { help: flowHelp(flow, wanted) });
}

/** Said only when one change makes it fit. */
function flowHelp({ given, sink, options, kind }: BadFlow, wanted: CwlType): string | undefined {
  if (kind === 'scattered input' && canFlow(given, sink) === 'yes') {
    return 'a step is scattered over a list; take it out of `scatter`, or give a list';
  }
  if (kind === 'output' && options.linkMerge === undefined && options.pickValue === undefined) {
    const type = showType(given);
    return /[ (]/.test(type) ? undefined : `write \`type: ${type}\``;
  }
  if (kind === 'input' && options.linkMerge === undefined && canFlow(given, arrayOf(wanted)) === 'yes') {
    return 'add the input to `scatter`, so that the step runs once for each item';
  }
  if (
    options.linkMerge === 'merge_nested' &&
    canFlow(given, wanted, { linkMerge: 'merge_flattened' }) === 'yes'
  ) {
    return 'write `linkMerge: merge_flattened`';
  }
  return undefined;
}

function isMerge(text: string): text is 'merge_nested' | 'merge_flattened' {
  return text === 'merge_nested' || text === 'merge_flattened';
}

function pickValueOf(text: string | undefined): LinkOptions['pickValue'] {
  return text === 'first_non_null' || text === 'the_only_non_null' || text === 'all_non_null'
    ? text
    : undefined;
}

/** What `pickValue` makes of one source that is a list: a list without the empty ones, or one of them. */
function picked(type: CwlType, one: boolean): CwlType {
  const members = alternatives(type).map((member) => {
    if (member.kind !== 'array') return member;
    const items = withoutNull(member.items);
    return one ? items : arrayOf(items);
  });
  const [only] = members;
  return members.length === 1 && only !== undefined ? only : { kind: 'union', members };
}

function withoutNull(type: CwlType): CwlType {
  const left = alternatives(type).filter((member) => member.kind !== 'plain' || member.name !== 'null');
  const [only] = left;
  if (only === undefined) return type;
  return left.length === 1 ? only : { kind: 'union', members: left };
}

export function hasDefault(node: TreeNode): boolean {
  return fieldOf(node, 'default') !== undefined;
}

function checkCircles({ findings, steps, workflow }: Links): void {
  const positions = new Map(steps.map((step, position) => [step.name, position]));
  const parents = steps.map((step) =>
    step.inputs.flatMap((port) =>
      texts(sourceOf(port.node)).flatMap((source) => {
        const name = sourceName(workflow, scalarText(source));
        const position = positions.get(name.slice(0, Math.max(name.lastIndexOf('/'), 0)));
        return position === undefined ? [] : [position];
      }),
    ),
  );
  for (const circle of orderSteps(parents).circles) {
    const names = circle.map((position) => steps[position]?.name ?? '');
    const [first] = circle;
    const step = first === undefined ? undefined : steps[first];
    if (step === undefined) continue;
    const message =
      names.length === 1
        ? `the step \`${step.name}\` waits for itself`
        : `steps wait for each other in a circle: ${[...names, names[0]].map((name) => `\`${name}\``).join(' after ')}`;
    findings.error('workflow/cycle', spanOf(step.key), message);
  }
}

/** Only where a workflow gives something: one without outputs is run for what its steps do. */
function checkUnused(links: Links, givers: ReadonlyMap<string, Giver>, used: ReadonlySet<string>): void {
  const { findings, workflow, steps } = links;
  if (steps.length > 0) {
    for (const port of workflow.inputs) {
      if (used.has(port.name) || !givers.has(port.name)) continue;
      findings.warning('cwl/unused-input', spanOf(port.key), `nothing uses the input \`${port.name}\``);
    }
  }
  if (workflow.outputs.length === 0) return;
  for (const step of steps) {
    if (step.outputs.length === 0) continue;
    if (step.outputs.some(({ name }) => used.has(`${step.name}/${name}`))) continue;
    const message = `nothing uses what the step \`${step.name}\` gives`;
    findings.warning('cwl/unused-step', spanOf(step.key), message);
  }
}

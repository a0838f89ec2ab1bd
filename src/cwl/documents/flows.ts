// Whether what a source gives fits what takes it, with everything that is done to it on the way.
import { scalarText, spanOf, textOf, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import { canFlow, type LinkOptions } from '../types/flow.ts';
import { showType } from '../types/show.ts';
import { alternatives, arrayOf, mayBeNull, type CwlType } from '../types/type.ts';
import { sourceName, type Giver, type Links } from './linked-steps.ts';
import { fieldOf, texts, type Port } from './process.ts';

/** Reports what does not fit, or may not. */
export function checkFlow(
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

export function withoutNull(type: CwlType): CwlType {
  const left = alternatives(type).filter((member) => member.kind !== 'plain' || member.name !== 'null');
  const [only] = left;
  if (only === undefined) return type;
  return left.length === 1 ? only : { kind: 'union', members: left };
}

// Where data come from in a native workflow: `{input}`, `step/outDS`, and lists of them.
import { closest } from '../base/closest.ts';
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import { textNodes, type WfdDocument } from './document.ts';

/** What data can come from inside of one workflow. */
export interface Names {
  readonly inputs: ReadonlySet<string>;
  readonly steps: ReadonlySet<string>;
}

/** The names in a workflow. */
export function namesIn(inputs: MapNode | undefined, steps: MapNode | undefined): Names {
  const keys = (map: MapNode | undefined): ReadonlySet<string> =>
    new Set((map?.entries ?? []).map((entry) => keyText(entry.key)));
  return { inputs: keys(inputs), steps: keys(steps) };
}

/** Reads a field that names data. The server unwraps `{x}` in a single value only, and takes whatever follows the slash for the
 *  data of the step.
 *  @returns references as the model has them; `undefined` without a value. One that leads nowhere stays, and is reported. */
export function readSource(
  document: WfdDocument,
  map: MapNode,
  field: string,
  names: Names,
): string | readonly string[] | undefined {
  const value = entryOf(map, field)?.value;
  const nodes = textNodes(document, value, `what \`${field}\` takes data from`);
  if (value === undefined || nodes === undefined) return undefined;
  const references = nodes.map((node) => readReference(document, node, field, names, value));
  if (value.kind === 'sequence') return references.length === 0 ? undefined : references;
  return references[0];
}

function readReference(
  document: WfdDocument,
  node: ScalarNode,
  field: string,
  names: Names,
  whole: TreeNode,
): string {
  const text = textOf(node) ?? '';
  const braced = /^\{([^]*)\}$/.exec(text)?.[1];
  if (braced !== undefined) {
    if (whole.kind === 'sequence' || field !== 'inDS') reportBraces(document, node, braced, names);
    else if (!names.inputs.has(braced)) reportInput(document, node, braced, names);
    return braced;
  }
  if (names.inputs.has(text)) return text;
  const slash = text.indexOf('/');
  const step = slash === -1 ? text : text.slice(0, slash);
  if (slash !== -1 && names.steps.has(step)) {
    checkOutput(document, node, step, text.slice(slash + 1));
    return `${step}/outDS`;
  }
  reportUnknown(document, node, text, step, names);
  return text;
}

/** `step/anything` is `step/outDS` for the server. */
function checkOutput({ findings }: WfdDocument, node: ScalarNode, step: string, output: string): void {
  if (output === 'outDS') return;
  findings.warning(
    'wfd/output-name',
    spanOf(node),
    `the data of a step are \`${step}/outDS\`, whatever follows the slash`,
    {
      help: `write \`${step}/outDS\``,
      fix: fixOf(node, `${step}/outDS`),
    },
  );
}

function reportBraces({ findings }: WfdDocument, node: ScalarNode, name: string, names: Names): void {
  const isKnown = names.inputs.has(name);
  const message = `\`{${name}}\` is replaced in \`inDS\` only, where it stands alone`;
  findings.error('wfd/braces', spanOf(node), message, {
    help: isKnown ? `write \`${name}\`` : undefined,
    fix: isKnown ? fixOf(node, name) : undefined,
  });
}

function reportInput({ findings }: WfdDocument, node: ScalarNode, name: string, names: Names): void {
  const nearest = closest(name, names.inputs);
  const help = nearest === undefined ? undefined : `did you mean \`{${nearest}}\`?`;
  const message = names.steps.has(name)
    ? `\`${name}\` is a step, and braces are for inputs`
    : `there is no input \`${name}\``;
  findings.error('wfd/unknown-source', spanOf(node), message, {
    help: names.steps.has(name) ? `write \`${name}/outDS\`` : help,
  });
}

function reportUnknown(
  document: WfdDocument,
  node: ScalarNode,
  text: string,
  step: string,
  names: Names,
): void {
  const { findings } = document;
  if (names.steps.has(text)) {
    findings.error(
      'wfd/unknown-source',
      spanOf(node),
      `\`${text}\` is a step; its data are \`${text}/outDS\``,
      {
        help: `write \`${text}/outDS\``,
        fix: fixOf(node, `${text}/outDS`),
      },
    );
    return;
  }
  const nearStep = closest(step, names.steps);
  const nearInput = closest(text, names.inputs);
  const nearest = nearInput ?? (nearStep === undefined ? undefined : `${nearStep}/outDS`);
  const message = `there is no \`${text}\` to take data from`;
  findings.error('wfd/unknown-source', spanOf(node), message, {
    help:
      nearest === undefined
        ? 'a dataset gets a name under `inputs`, and is used as `{name}`'
        : `did you mean \`${nearest}\`?`,
  });
}

/** Puts another text in the place of a scalar, in its quotes. */
export function fixOf(
  node: ScalarNode,
  text: string,
): { span: ReturnType<typeof spanOf>; text: string } | undefined {
  if (node.style === 'literal' || node.style === 'folded') return undefined;
  const quote = node.style === 'double' ? '"' : node.style === 'single' ? "'" : '';
  return { span: spanOf(node), text: `${quote}${text}${quote}` };
}

/** Whether a value looks like a reference to something of the workflow around. */
export function looksLikeReference(text: string, names: Names): boolean {
  const slash = text.indexOf('/');
  return /^\{[^{}]*\}$/.test(text) || (slash !== -1 && names.steps.has(text.slice(0, slash)));
}

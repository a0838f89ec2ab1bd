// `when` of a step: the condition itself, and that its inputs can carry one.
import { closest } from '../base/closest.ts';
import type { Span } from '../base/span.ts';
import { spanOf, type ScalarNode, type TreeNode } from '../source/tree.ts';
import { spanWithin } from '../source/within.ts';
import { isNestedCondition } from '../workflow/conditions.ts';
import type { Condition } from '../workflow/model.ts';
import { parseCondition, type ConditionUse } from './condition.ts';
import { isNull, wrongType, type CwlDocument } from './document.ts';
import { referenceOf, type WrittenInput } from './step-inputs.ts';

/** Reads the condition; `undefined` without one, and for one that cannot be read, which is reported. */
export function readWhen(
  document: CwlDocument,
  node: TreeNode | undefined,
  inputs: readonly WrittenInput[],
): Condition | undefined {
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    wrongType(document, node, '`when` must be a text like `$(self.opt_inDS)`');
    return undefined;
  }
  if (node.value.trim() === '') return undefined;
  const parse = parseCondition(node.value);
  if (!parse.ok) {
    const { message, help, start, end } = parse.fault;
    document.findings.error('cwl/bad-condition', spanWithin(node, start, end), message, { help });
    return undefined;
  }
  for (const use of parse.uses) checkUse(document, node, use, inputs);
  warnOfServer(document, node, parse.condition, parse.mixed);
  return parse.condition;
}

/** An input in a condition stands for the step it comes from, so there must be one. */
function checkUse(
  document: CwlDocument,
  node: ScalarNode,
  use: ConditionUse,
  inputs: readonly WrittenInput[],
): void {
  const span = spanWithin(node, use.start, use.end);
  const input = inputs.find((candidate) => candidate.name === use.input);
  if (input === undefined) {
    const names = inputs.map((candidate) => candidate.name);
    reportUse(
      document,
      span,
      `the step has no input \`${use.input}\``,
      nearestHelp(closest(use.input, names)),
    );
    return;
  }
  const { source } = input;
  const sources = source === undefined ? [] : typeof source === 'string' ? [source] : source;
  if (typeof source === 'object' && use.index === undefined) {
    reportUse(
      document,
      span,
      `\`${use.input}\` is a list`,
      `write \`self.${use.input}[0]\` for its first source`,
    );
    return;
  }
  const index = typeof source === 'string' ? 0 : (use.index ?? 0);
  const chosen = sources[index];
  if (sources.length > 0 && chosen === undefined) {
    reportUse(
      document,
      span,
      `\`${use.input}\` has only ${sources.length} source${sources.length === 1 ? '' : 's'}`,
    );
  } else if (chosen === undefined || !referenceOf(chosen).includes('/')) {
    const message = `\`${use.input}\` does not come from a step, so there is nothing that could succeed or fail`;
    reportUse(document, span, message);
  }
}

function reportUse(document: CwlDocument, span: Span, message: string, help?: string): void {
  document.findings.error('cwl/bad-condition', span, message, { help });
}

function nearestHelp(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean \`self.${name}\`?`;
}

/** What is sound but the server cannot do, or does otherwise than one might think. */
function warnOfServer(
  document: CwlDocument,
  node: ScalarNode,
  condition: Condition,
  mixed: { readonly start: number; readonly end: number } | undefined,
): void {
  if (mixed !== undefined) {
    const message = '`&&` and `||` are combined from left to right, neither comes first';
    const help = 'put parentheses around what belongs together';
    document.findings.warning('panda/condition-order', spanWithin(node, mixed.start, mixed.end), message, {
      help,
    });
  }
  if (isNestedCondition(condition)) {
    const message =
      'the PanDA server fails on conditions with more than two terms, and on `!` before parentheses';
    document.findings.warning('panda/nested-condition', spanOf(node), message);
  }
}

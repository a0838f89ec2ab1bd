// The expressions of one process: parsed, and their references to inputs looked up.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { spanOf, textOf, valueOf, type ScalarNode } from '../../source/tree.ts';
import { spanWithin } from '../../source/within.ts';
import { checkExpressionLibrary, checkExpressionText } from '../expressions/check.ts';
import { parameterReferences } from '../expressions/reference.ts';
import { requirementNode, type Features } from './requirements.ts';
import { texts, type Process } from './process.ts';
import type { FoundExpression } from './shape-state.ts';

export interface ExpressionPlace {
  /** Names that `inputs` has where it is evaluated; `undefined` when they are not known. */
  readonly inputs: ReadonlySet<string> | undefined;
  /** Whether a workflow that is not in sight may bring what is missing: then that is a warning. */
  readonly mayInherit: boolean;
}

/** Reports what is wrong in one expression. */
export function checkExpression(
  findings: Findings,
  expression: FoundExpression,
  features: Features,
  { inputs, mayInherit }: ExpressionPlace,
): void {
  const { node } = expression;
  const text = textOf(node);
  if (text === undefined) return;
  const javascript = features.names.has('InlineJavascriptRequirement');
  const { expressionLib } = features;
  const faults = checkExpressionText(text, {
    javascript,
    expressionLib,
    allowInterpolation: !expression.isWhole,
  });
  for (const { start, end, code, message, help } of faults) {
    const severity = mayInherit && code === 'cwl/missing-javascript' ? 'warning' : 'error';
    findings.add({ code, severity, span: spanWithin(node, start, end), message, help });
  }
  if (inputs !== undefined && faults.length === 0) checkInputs(findings, node, text, inputs, javascript);
}

/** `$(inputs.name)` of a name that no input has: it fails, or with JavaScript gives nothing. */
function checkInputs(
  findings: Findings,
  node: ScalarNode,
  text: string,
  inputs: ReadonlySet<string>,
  javascript: boolean,
): void {
  for (const { root, path } of parameterReferences(text)) {
    const [first] = path;
    if (root !== 'inputs' || first === undefined) continue;
    const name = String(first.name);
    if (inputs.has(name) || (javascript && name in {})) continue;
    const nearest = closest(name, inputs);
    findings.add({
      code: 'cwl/unknown-input',
      severity: javascript ? 'warning' : 'error',
      span: spanWithin(node, first.start, first.end),
      message: `there is no input \`${name}\``,
      help:
        nearest !== undefined
          ? `did you mean \`${nearest}\`?`
          : inputs.size > 0 && inputs.size <= 8
            ? `known inputs: ${[...inputs].map((known) => `\`${known}\``).join(', ')}`
            : undefined,
    });
  }
}

/** Reports syntax errors of the scripts that the expressions of a process share. */
export function checkLibrary(findings: Findings, { node }: Process): void {
  const requirement = requirementNode(node, 'InlineJavascriptRequirement');
  if (requirement?.kind !== 'map') return;
  const scripts = valueOf(requirement, 'expressionLib');
  for (const script of scripts?.kind === 'sequence' ? texts(scripts) : []) {
    for (const { start, end, code, message, help } of checkExpressionLibrary(String(script.value))) {
      const span = end > start ? spanWithin(script, start, end) : spanOf(script);
      findings.error(code, span, message, { help });
    }
  }
}

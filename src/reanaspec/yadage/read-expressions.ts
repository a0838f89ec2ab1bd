// Expressions: values that are looked up in what other stages have published.
import type { Findings } from '../../base/finding.ts';
import { misspeltName } from '../../base/misspelling.ts';
import { entryOf, keyText, spanOf, textOf } from '../../source/tree.ts';
import type { MapNode, TreeNode } from '../../source/tree.ts';
import { meantInstead } from '../shape.ts';
import { fieldsOf } from './fields.ts';
import type { YadageExpression } from './model.ts';
import { unknownType } from './unknown-type.ts';

const expressionTypes = ['stage-output-selector', 'fromvalue'] as const;

/** True when the loader takes the node for an expression. */
export function isExpression(node: TreeNode): boolean {
  return node.kind === 'map' && entryOf(node, 'expression_type') !== undefined;
}

/** Reads an expression; `undefined` after a finding, or when the node is none. */
export function readExpression(node: TreeNode, findings: Findings): YadageExpression | undefined {
  if (node.kind !== 'map') return undefined;
  const fields = fieldsOf(node, 'an expression', findings);
  const type = fields?.requiredText('expression_type');
  if (fields === undefined || type === undefined) return undefined;
  if (type.text === 'fromvalue') {
    const key = fields.requiredText('key');
    return key === undefined ? undefined : { type: 'registered', node, key, scope: fields.text('scope') };
  }
  if (type.text !== 'stage-output-selector') {
    unknownType(type, 'expression', expressionTypes, findings);
    return undefined;
  }
  reportMisspelt(node, ['step', 'stages', 'steps', 'output', 'flatten', 'unwrap'], findings);
  const output = fields.text('output');
  const many = ['stages', 'steps'].filter((name) => fields.has(name));
  const [name, other] = many;
  if (name === undefined) {
    const step = fields.requiredText('step');
    return step === undefined ? undefined : { type: 'step', node, step, output };
  }
  if (other !== undefined) {
    const place = entryOf(node, other)?.key ?? node;
    findings.error(
      'yadage/ambiguous-link',
      spanOf(place),
      '`stages` and `steps` mean the same: give one of them',
    );
  }
  const stages = fields.text(name);
  if (stages === undefined) return undefined;
  return {
    type: 'stages',
    node,
    stages,
    output,
    flatten: fields.flag('flatten') ?? false,
    unwrap: fields.flag('unwrap') ?? false,
  };
}

/** Fields that are a slip away from one that is not there. The loader lets any others pass, and without a word the value is
 *  another one. */
export function reportMisspelt(node: MapNode, known: readonly string[], findings: Findings): void {
  for (const { key } of node.entries) {
    const name = keyText(key);
    const meant = misspeltName(name, known);
    if (known.includes(name) || meant === undefined || entryOf(node, meant) !== undefined) continue;
    const message = `unknown field \`${name}\` in a link to another stage`;
    findings.warning('yadage/unknown-field', spanOf(key), message, meantInstead(key, node, known));
  }
}

/** The fields that make a mapping a link to another stage, if it has any. */
export function linkField(node: TreeNode): string | undefined {
  if (node.kind !== 'map') return undefined;
  return ['step', 'stages', 'steps'].find((name) => textOf(entryOf(node, name)?.value) !== undefined);
}

// The class of a requirement or hint: whether this version of CWL has it.
import { closest } from '../../base/closest.ts';
import { keyText, spanOf, type ScalarNode } from '../../source/tree.ts';
import { knownVersions } from '../fields.ts';
import { requirementTables } from './grammar/requirements.ts';
import type { ShapeCheck } from './shape-state.ts';
import { undeclaredPrefix } from './unknown-fields.ts';

/** The name without what may stand before it; what is wrong with it is said.
 *  @param mayBeUnknown whether it is a hint
 *  @param key where the class is written
 *  @returns `undefined` when this version has none of that name, so that its fields cannot be judged */
export function requirementName(
  check: ShapeCheck,
  mayBeUnknown: boolean,
  key: ScalarNode,
): string | undefined {
  const { findings, version } = check;
  const name = keyText(key).replace(/^(?:cwl:|https:\/\/w3id\.org\/cwl\/cwl#)/, '');
  const table = Object.hasOwn(requirementTables, name) ? requirementTables[name] : undefined;
  if (table === undefined) {
    unknownRequirement(check, mayBeUnknown, key, name);
    return undefined;
  }
  if (knownVersions.indexOf(table.since) > knownVersions.indexOf(version)) {
    const message = `\`${name}\` came with CWL ${table.since}; this document says ${version}`;
    findings.add({
      code: 'cwl/field-version',
      severity: mayBeUnknown ? 'warning' : 'error',
      span: spanOf(key),
      message,
      help: `write \`cwlVersion: ${table.since}\``,
    });
    return undefined;
  }
  return name;
}

function unknownRequirement(check: ShapeCheck, mayBeUnknown: boolean, key: ScalarNode, name: string): void {
  if (name.includes(':')) {
    undeclaredPrefix(check, key, name);
    return;
  }
  const { findings, version } = check;
  const known = Object.entries(requirementTables).flatMap(([known, { since }]) =>
    knownVersions.indexOf(since) <= knownVersions.indexOf(version) ? [known] : [],
  );
  const nearest = closest(name, known);
  // A hint that nobody knows is passed over by every runner; only a slip of the pen is worth a word.
  if (mayBeUnknown && nearest === undefined) return;
  findings.add({
    code: 'cwl/unknown-requirement',
    severity: mayBeUnknown ? 'warning' : 'error',
    span: spanOf(key),
    message: `CWL ${version} has no requirement \`${name}\``,
    help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
    fix: nearest === undefined ? undefined : { span: spanOf(key), text: nearest },
  });
}

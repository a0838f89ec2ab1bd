// What the parts of a step have in common: fields that are filled in only where no `$ref` names the part, and types that need
// a person.
import type { Findings } from '../../base/finding.ts';
import { spanOf } from '../../source/tree.ts';
import type { ObjectFields } from './fields.ts';
import type { TextAt } from './model.ts';

/** Reports what waits for somebody at a terminal. */
export function interactive(type: TextAt, findings: Findings): void {
  const message = `\`${type.text}\` waits for a person, and there is nobody when REANA runs it`;
  findings.error('yadage/not-on-reana', spanOf(type.node), message);
}

/** A field that the loader fills in, unless the object was named by `$ref`; without it the step breaks when it is run. */
export function filledText(
  fields: ObjectFields,
  name: string,
  usual: string,
  findings: Findings,
): TextAt | undefined {
  if (!fields.has(name)) notFilled(fields, name, usual, findings);
  return fields.text(name);
}

export function filledFlag(fields: ObjectFields, name: string, usual: boolean, findings: Findings): boolean {
  if (!fields.has(name)) notFilled(fields, name, String(usual), findings);
  return fields.flag(name) ?? usual;
}

function notFilled(fields: ObjectFields, name: string, usual: string, findings: Findings): void {
  const { at, instead } = fields.missing(name);
  // A misspelling has been reported as what it is: an unknown field.
  if (instead !== '') return;
  const message = `where a \`$ref\` names this object nothing is filled in, and without \`${name}\` the step fails`;
  findings.error('yadage/missing-default', spanOf(at), message, { help: `write \`${name}: ${usual}\`` });
}

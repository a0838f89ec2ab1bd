// Types that Yadage does not know.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { spanOf } from '../../source/tree.ts';
import type { TextAt } from './model.ts';

/** Reports a type that is none of those there are.
 *  @param of what has types: `publisher` */
export function unknownType(type: TextAt, of: string, known: readonly string[], findings: Findings): void {
  const near = closest(type.text, known);
  const list = known.map((name) => `\`${name}\``).join(', ');
  findings.error('yadage/unknown-type', spanOf(type.node), `unknown type of ${of} \`${type.text}\``, {
    help: near === undefined ? `it must be one of ${list}` : `did you mean \`${near}\`?`,
  });
}

// Names of types, once all definitions of a document are known.
import type { Finding, Findings } from '../../base/finding.ts';
import { spanOf, type TreeNode } from '../../source/tree.ts';
import { readType, type TypeNames } from '../types/read.ts';

/** Reports names that mean nothing, short forms that do not exist, and repeated symbols.
 *  @param types as they are written
 *  @param known what is reported of the same document: one fault of a place is enough */
export function checkTypeFaults(
  findings: Findings,
  types: readonly TreeNode[],
  names: TypeNames,
  known: readonly Finding[],
): void {
  const places = new Set(known.map(({ span }) => `${span.start} ${span.end} ${span.file}`));
  for (const type of types) {
    readType(type, names, ({ node, code, message, help }) => {
      const span = spanOf(node);
      // What a map must hold is known from the tables.
      if (code === 'cwl/missing-field' || places.has(`${span.start} ${span.end} ${span.file}`)) return;
      findings.error(code, span, message, { help });
    });
  }
}

// The `cwlVersion` of a document.
import type { Findings } from '../base/finding.ts';
import { entryOf, scalarText, spanOf, type MapNode } from '../source/tree.ts';
import { isNull, startOf } from './document.ts';
import { knownVersions, type CwlVersion } from './fields.ts';

/** The version, or the newest one when the document does not say a known one. */
export function readVersion(path: string, root: MapNode, findings: Findings): CwlVersion {
  const entry = entryOf(root, 'cwlVersion');
  if (entry === undefined) {
    findings.error('cwl/missing-version', startOf(path, root), 'the document has no `cwlVersion`', {
      help: 'write `cwlVersion: v1.2`',
    });
    return 'v1.2';
  }
  const { value } = entry;
  const text = value.kind === 'scalar' ? scalarText(value) : '';
  const version = knownVersions.find((known) => known === text);
  if (version !== undefined) return version;
  const nearest = knownVersions.find((name) => name === `v${text.replace(/^v/i, '')}`);
  const known = knownVersions.map((name) => `\`${name}\``).join(', ');
  const message = isNull(value) ? '`cwlVersion` is empty' : `unknown CWL version \`${text}\``;
  findings.error('cwl/unknown-version', spanOf(isNull(value) ? entry.key : value), message, {
    help: nearest === undefined ? `known versions are ${known}` : `did you mean \`${nearest}\`?`,
    fix: nearest === undefined ? undefined : { span: spanOf(value), text: nearest },
  });
  return 'v1.2';
}

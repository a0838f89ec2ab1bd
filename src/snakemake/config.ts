// The configuration of a Snakefile: `configfile: "config.json"`, JSON or YAML beside it.
import { posix } from 'node:path';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { keyText, readTree, spanOf, type TreeNode } from '../source/tree.ts';
import type { Findings } from '../base/finding.ts';

/** A part of the configuration; maps and lists hold others. */
export type ConfigValue =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, ConfigValue> }
  | { readonly kind: 'list'; readonly items: readonly ConfigValue[] }
  | { readonly kind: 'scalar'; readonly node: TreeNode };

export const emptyConfig: ConfigValue = { kind: 'map', entries: new Map() };

/** Reads a configuration file; `undefined` when it cannot be read, which is reported.
 *  @param place where the Snakefile names it */
export function readConfig(
  snakefile: string,
  name: string,
  { readText, findings, place }: { readText: ReadText; findings: Findings; place: Span },
): ConfigValue | undefined {
  const path = posix.isAbsolute(name) ? name : posix.join(posix.dirname(snakefile), name);
  const answer = readText(path);
  if (!answer.ok) {
    const told = answer.reason === 'missing' ? 'does not exist' : answer.detail;
    const code = answer.reason === 'missing' ? 'snakemake/missing-file' : 'snakemake/unreadable-file';
    findings.error(code, place, `the configuration \`${path}\` ${told}`, {
      help: answer.reason === 'missing' ? 'the path counts from the directory of the Snakefile' : undefined,
    });
    return undefined;
  }
  const root = readTree(path, answer.text, findings);
  if (root === undefined) return undefined;
  if (root.kind !== 'map') {
    findings.error('snakemake/wrong-type', spanOf(root), 'a configuration is a map of names and values');
    return undefined;
  }
  return valueOf(root);
}

function valueOf(node: TreeNode): ConfigValue {
  if (node.kind === 'scalar') return { kind: 'scalar', node };
  if (node.kind === 'sequence') return { kind: 'list', items: node.items.map(valueOf) };
  return {
    kind: 'map',
    entries: new Map(node.entries.map(({ key, value }) => [keyText(key), valueOf(value)])),
  };
}

/** Values of a later file come over those of an earlier one. */
export function mergedConfig(before: ConfigValue, after: ConfigValue): ConfigValue {
  if (before.kind !== 'map' || after.kind !== 'map') return after;
  const entries = new Map(before.entries);
  for (const [name, value] of after.entries) {
    const known = entries.get(name);
    entries.set(name, known === undefined ? value : mergedConfig(known, value));
  }
  return { kind: 'map', entries };
}

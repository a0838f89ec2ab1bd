// Reads a file of weather: every fault becomes a finding that says where it is.
import * as v from 'valibot';
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { entryOf, readTree, spanOf, toValue, type TreeNode } from '../../source/tree.ts';
import { weatherFileShape, weatherShape, type Weather } from './weather.ts';

/** @returns `undefined` when there are findings */
export function readWeather(file: string, readText: ReadText, findings: Findings): Weather | undefined {
  const answer = readText(file);
  if (!answer.ok) {
    findings.error(
      'weather/unreadable',
      { file, start: 0, end: 0 },
      `cannot read \`${file}\`: ${answer.detail}`,
    );
    return undefined;
  }
  const before = findings.count;
  const root = readTree(file, answer.text, findings);
  if (root === undefined || findings.count > before) return undefined;
  const parsed = v.safeParse(weatherFileShape, toValue(root));
  if (parsed.success) return parsed.output.weather;
  for (const issue of parsed.issues) report(issue, root, findings);
  return undefined;
}

function report(issue: v.BaseIssue<unknown>, root: TreeNode, findings: Findings): void {
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  const { node, key } = placeOf(root, keys);
  const name = keys.filter((part) => typeof part === 'string').join('.') || 'the file';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const near = closest(String(keys.at(-1)), knownKeys);
    findings.error(
      'weather/unknown-field',
      spanOf(key ?? node),
      `there is no weather \`${String(keys.at(-1))}\``,
      {
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      },
    );
    return;
  }
  if (issue.received === 'undefined') {
    findings.error('weather/missing-field', spanOf(key ?? node), `\`${name}\` is missing`);
    return;
  }
  findings.error('weather/bad-value', spanOf(node), `\`${name}\` must be ${issue.message}`);
}

const knownKeys = [
  ...Object.keys(weatherShape.entries),
  ...['share', 'steps', 'exit_status', 'seconds', 'after_seconds', 'for_seconds', 'every_seconds', 'weather'],
];

/** The node at a path of keys, or the last one on the way that is there. */
function placeOf(
  root: TreeNode,
  keys: readonly (string | number)[],
): { readonly node: TreeNode; readonly key: TreeNode | undefined } {
  let node = root;
  let key: TreeNode | undefined;
  for (const part of keys) {
    const entry = node.kind === 'map' ? entryOf(node, String(part)) : undefined;
    const next = node.kind === 'sequence' ? node.items[Number(part)] : entry?.value;
    if (next === undefined) break;
    key = entry?.key;
    node = next;
  }
  return { node, key };
}

// The inputs file of a workflow (`--yaml`): values by name, and beside them the datasets this program needs to run a
// workflow on a laptop:
//
//   signals: [user.alice.one/, user.alice.two/]
//   pchain:
//     datasets:
//       user.alice.one/: data/one/*.root
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import { entryOf, keyText, readTree, spanOf, textOf, type MapNode, type TreeNode } from '../source/tree.ts';
import type { Value, Where } from '../workflow/model.ts';
import type { GivenShape } from '../workflow/rules/given-shape.ts';
import { modelValue } from '../workflow/value.ts';

export interface Inputs {
  readonly values: Readonly<Record<string, Value>>;
  /** Where an input is named; of a name that is not there, the start of the file. */
  readonly whereOf: (name: string) => Where;
  /** What the value of an input is, with places; `undefined` for a name that is not there. */
  readonly shapeOf: (name: string) => GivenShape | undefined;
  /** Whether there is nothing in the file at all, not even an empty map. */
  readonly isEmpty: boolean;
  /** Paths or globs of local files by name of the dataset they stand for. */
  readonly datasets: Readonly<Record<string, string>>;
}

/** The key of the file that is not an input of the workflow. */
const ownKey = 'pchain';

/** Reads an inputs file. An empty one gives no inputs. Source: panda-server reads it as YAML 1.2.
 *  @returns `undefined` when it cannot be read, which is reported */
export function readInputs(path: string, readText: ReadText, findings: Findings): Inputs | undefined {
  const start = { file: path, start: 0, end: 0 };
  const answer = readText(path);
  if (!answer.ok) {
    const code = answer.reason === 'missing' ? 'inputs/missing-file' : 'inputs/unreadable-file';
    const detail = answer.reason === 'missing' ? 'does not exist' : answer.detail;
    findings.error(code, start, `the inputs file \`${path}\` ${detail}`);
    return undefined;
  }
  const before = findings.count;
  const root = readTree(path, answer.text, findings, { allowEmpty: true });
  if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
    if (findings.count > before && answer.text.trim() !== '') return undefined;
    return { values: {}, datasets: {}, whereOf: () => () => start, shapeOf: () => undefined, isEmpty: true };
  }
  if (root.kind !== 'map') {
    findings.error('inputs/not-a-map', spanOf(root), 'an inputs file is a map of inputs by name');
    return undefined;
  }
  return inputsOf(path, root, findings);
}

function inputsOf(path: string, root: MapNode, findings: Findings): Inputs {
  const entries = root.entries.filter((entry) => keyText(entry.key) !== ownKey);
  return {
    values: Object.fromEntries(entries.map((entry) => [keyText(entry.key), modelValue(entry.value)])),
    datasets: readOwn(entryOf(root, ownKey)?.value, findings),
    whereOf: (name) => () => {
      const entry = entryOf(root, name);
      return entry === undefined ? { file: path, start: 0, end: 0 } : spanOf(entry.key);
    },
    shapeOf: (name) => {
      const entry = entryOf(root, name);
      return entry === undefined ? undefined : shapeOf(entry.value);
    },
    isEmpty: false,
  };
}

/** A value as it is written: whether `1.0` is a text or a number is lost in the values themselves. */
function shapeOf(node: TreeNode): GivenShape {
  const where = (): ReturnType<Where> => spanOf(node);
  if (node.kind === 'sequence') return { kind: 'list', items: node.items.map(shapeOf), where };
  if (node.kind === 'map') return { kind: 'map', items: [], where };
  const { value } = node;
  const written = node.source.text.slice(node.start, node.end);
  if (value === null) return { kind: 'null', items: [], where };
  if (typeof value === 'boolean') return { kind: 'boolean', items: [], where };
  if (typeof value === 'number') {
    const kind = /^[-+]?\d+$|^0[xo]/.test(written) ? 'int' : 'float';
    return { kind, items: [], where };
  }
  // A number with more digits than a number can hold stays a text.
  const isNumber = node.style === 'plain' && /^[-+]?\d+$/.test(written);
  return { kind: isNumber ? 'int' : 'text', items: [], where };
}

function readOwn(node: TreeNode | undefined, findings: Findings): Record<string, string> {
  if (node === undefined) return {};
  if (node.kind !== 'map') {
    findings.error('inputs/own-section', spanOf(node), `\`${ownKey}\` is a map with \`datasets\``);
    return {};
  }
  for (const { key } of node.entries) {
    if (keyText(key) === 'datasets') continue;
    const message = `unknown field \`${keyText(key)}\` in \`${ownKey}\``;
    findings.error('inputs/own-section', spanOf(key), message, { help: 'only `datasets` can stand here' });
  }
  const datasets = entryOf(node, 'datasets')?.value;
  if (datasets === undefined || (datasets.kind === 'scalar' && datasets.value === null)) return {};
  if (datasets.kind !== 'map') {
    findings.error(
      'inputs/own-section',
      spanOf(datasets),
      '`datasets` is a map from names of datasets to paths',
    );
    return {};
  }
  return Object.fromEntries(
    datasets.entries.flatMap(({ key, value }) => readDataset(keyText(key), value, findings)),
  );
}

function readDataset(name: string, value: TreeNode, findings: Findings): [string, string][] {
  const path = textOf(value);
  if (path !== undefined && path !== '') return [[name, path]];
  findings.error('inputs/own-section', spanOf(value), `the files of \`${name}\` are one path or glob`);
  return [];
}

// YAML as REANA reads it: Python's reader follows YAML 1.1, where `yes` is a truth value, `12:30` the number 750 and `010`
// the number 8. Only unquoted scalars differ from what the other documents of this program mean.
// @see https://yaml.org/type/ (the types of YAML 1.1), PyYAML's `resolver.py` for which forms it takes
import type { Findings } from '../base/finding.ts';
import { readTree } from '../source/tree.ts';
import type { MapEntry, ReadTreeOptions, ScalarNode, TreeNode } from '../source/tree.ts';

/** Reads the first document of a text, its unquoted scalars as Python's reader does. Faults are findings `yaml/…`.
 *  @returns `undefined` after a syntax error, or when there is no content */
export function readPythonTree(
  file: string,
  text: string,
  findings: Findings,
  options: ReadTreeOptions = {},
): TreeNode | undefined {
  const root = readTree(file, text, findings, options);
  return root === undefined ? undefined : asPythonReads(root, new Map());
}

/** True for an unquoted date or time, which Python makes a value of its own that JSON cannot hold. It is a text here. */
export function isDate(node: TreeNode): boolean {
  return (
    node.kind === 'scalar' &&
    node.style === 'plain' &&
    typeof node.value === 'string' &&
    (/^\d{4}-\d\d-\d\d$/.test(node.value) ||
      /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/.test(
        node.value,
      ))
  );
}

/** True for a number that is a float in Python, also when its value is whole: `30.0`. */
export function isFloat(node: ScalarNode): boolean {
  return typeof node.value === 'number' && node.source.text.slice(node.start, node.end).includes('.');
}

// Aliases make the same node stand in several places; it stays one node, so that the work stays in proportion to the text.
function asPythonReads(node: TreeNode, known: Map<TreeNode, TreeNode>): TreeNode {
  const before = known.get(node);
  if (before !== undefined) return before;
  const read = readNode(node, known);
  known.set(node, read);
  return read;
}

function readNode(node: TreeNode, known: Map<TreeNode, TreeNode>): TreeNode {
  switch (node.kind) {
    case 'scalar':
      return readScalar(node);
    case 'sequence': {
      const items = node.items.map((item) => asPythonReads(item, known));
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    case 'map': {
      const entries = node.entries.map((entry): MapEntry => {
        const value = asPythonReads(entry.value, known);
        return value === entry.value ? entry : { key: entry.key, value };
      });
      return entries.every((entry, index) => entry === node.entries[index]) ? node : { ...node, entries };
    }
  }
}

function readScalar(node: ScalarNode): ScalarNode {
  if (node.style !== 'plain') return node;
  const text = node.source.text.slice(node.start, node.end);
  // Behind a tag stands what the tag says; a text over several lines is no number.
  if (/![^\s,[\]{}]*[ \t]+$/.test(node.source.text.slice(Math.max(0, node.start - 40), node.start)))
    return node;
  const value = text.includes('\n') ? node.value : pythonScalar(text);
  return value === node.value ? node : { ...node, value };
}

/** What an unquoted text means to Python's reader. Whole numbers that a JavaScript number cannot hold stay texts. */
export function pythonScalar(text: string): string | number | boolean | null {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true;
  if (/^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false;
  if (!/^[-+.\d]/.test(text)) return text;
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  const sign = digits.startsWith('-') ? -1 : 1;
  const plain = digits.replace(/^-/, '');
  if (/^[-+]?0b[01_]+$/.test(text)) return whole(text, sign * Number(plain));
  if (/^[-+]?0x[\da-fA-F_]+$/.test(text)) return whole(text, sign * Number(plain));
  if (/^[-+]?0[0-7_]+$/.test(text)) return whole(text, sign * Number.parseInt(plain, 8));
  if (/^[-+]?(?:0|[1-9][\d_]*)$/.test(text)) return whole(text, sign * Number(plain));
  if (/^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/.test(text)) return whole(text, sign * sexagesimal(plain));
  if (/^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?)$/.test(text))
    return sign * Number(plain);
  if (/^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/.test(text)) return sign * sexagesimal(plain);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return sign * Infinity;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? NaN : text;
}

const sexagesimal = (text: string): number =>
  text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

const whole = (text: string, value: number): number | string => (Number.isSafeInteger(value) ? value : text);

// Defaults that are written out, against the type beside them.
import type { Findings } from '../../base/finding.ts';
import { spanOf, textOf, valueOf, type TreeNode } from '../../source/tree.ts';
import { showType } from '../types/show.ts';
import { alternatives, type CwlType } from '../types/type.ts';
import { fieldOf, type Port } from './process.ts';

/** Reports a default that is of no alternative of the type. */
export function checkDefault(findings: Findings, port: Port, type: CwlType): void {
  const node = fieldOf(port.node, 'default');
  if (node === undefined || isOf(node, type)) return;
  const message = `the default of \`${port.name}\` is no \`${showType(type)}\``;
  findings.error('cwl/wrong-default', spanOf(node), message, { help: helpFor(node, type) });
}

function isOf(node: TreeNode, type: CwlType): boolean {
  return alternatives(type).some((member) => isOne(node, member));
}

function isOne(node: TreeNode, type: CwlType): boolean {
  switch (type.kind) {
    case 'unknown':
    case 'union':
      return true;
    case 'array':
      return node.kind === 'sequence' && node.items.every((item) => isOf(item, type.items));
    case 'record':
      return node.kind === 'map';
    case 'enum':
      return node.kind === 'scalar' && typeof node.value === 'string';
    case 'plain':
      return isPlain(node, type.name);
  }
}

function isPlain(node: TreeNode, name: Extract<CwlType, { kind: 'plain' }>['name']): boolean {
  switch (name) {
    case 'Any':
      return true;
    case 'File':
    case 'Directory':
    case 'stdin':
    case 'stdout':
    case 'stderr':
      return isFile(node, name === 'Directory' ? 'Directory' : 'File');
    case 'null':
      return node.kind === 'scalar' && node.value === null;
    case 'boolean':
      return node.kind === 'scalar' && typeof node.value === 'boolean';
    case 'string':
      return node.kind === 'scalar' && typeof node.value === 'string';
    case 'int':
    case 'long':
      return isNumber(node) && Number.isInteger(Number(node.value));
    case 'float':
    case 'double':
      return isNumber(node);
  }
}

/** Whole numbers beyond what a number of JavaScript holds are kept as they are written. */
function isNumber(node: TreeNode): node is Extract<TreeNode, { kind: 'scalar' }> {
  if (node.kind !== 'scalar') return false;
  if (typeof node.value === 'number') return true;
  return typeof node.value === 'string' && node.style === 'plain' && /^[-+]?\d+$/.test(node.value);
}

function isFile(node: TreeNode, name: 'File' | 'Directory'): boolean {
  if (node.kind !== 'map') return false;
  const given = valueOf(node, 'class');
  // An import, or a form this reader does not know.
  return given === undefined ? node.entries.length === 0 : textOf(given) === name;
}

function helpFor(node: TreeNode, type: CwlType): string | undefined {
  const names = alternatives(type).map((member) => (member.kind === 'plain' ? member.name : member.kind));
  const text = textOf(node);
  if (text !== undefined && (names.includes('File') || names.includes('Directory'))) {
    return `write \`{class: ${names.includes('File') ? 'File' : 'Directory'}, location: ${text}}\``;
  }
  if (node.kind !== 'scalar') return undefined;
  if (names.includes('string') && typeof node.value !== 'string' && node.value !== null) {
    return `write it in quotes: \`"${node.source.text.slice(node.start, node.end)}"\``;
  }
  const isQuoted = node.style === 'single' || node.style === 'double';
  const isNumeric = text !== undefined && isQuoted && text.trim() !== '' && Number.isFinite(Number(text));
  if (isNumeric && names.some((name) => ['int', 'long', 'float', 'double'].includes(name))) {
    return `write it without quotes: \`${text}\``;
  }
  return undefined;
}

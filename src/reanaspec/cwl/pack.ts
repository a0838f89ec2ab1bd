// A CWL workflow and the tools it runs as one JSON document, with full ids: what servers of the 0.9 protocol are sent.
// @see `cwltool --pack`, which the official client calls
import { posix } from 'node:path';
import { keyText, textOf, toValue, valueOf } from '../../source/tree.ts';
import type { MapNode, TreeNode } from '../../source/tree.ts';
import { toPythonValue } from '../python-value.ts';
import { classesOf, itemsOf, type CwlDocuments } from './documents.ts';

/** JSON, except for the floats among defaults. */
type Fields = Record<string, unknown>;

/** Packs documents.
 *  @returns `undefined` when they are of a form that is not packed here: `$graph`, `$import`, tools elsewhere */
export function packCwl(main: string, { documents, isComplete }: CwlDocuments): unknown {
  const root = documents.get(main);
  if (!isComplete || root === undefined) return undefined;
  const names = namesOf(main, [...documents.keys()]);
  const paths = [...documents.keys()].sort();
  const graph = paths.flatMap((path) => {
    const document = documents.get(path);
    return document === undefined ? [] : [packProcess(document, `#${names.get(path) ?? ''}`, path, names)];
  });
  const outer = Object.fromEntries(
    ['cwlVersion', '$namespaces', '$schemas'].flatMap((name) => {
      const value = valueOf(root, name);
      return value === undefined ? [] : [[name, toValue(value)] as const];
    }),
  );
  const [only, other] = graph;
  return only !== undefined && other === undefined ? { ...only, ...outer } : { $graph: graph, ...outer };
}

/** Tools are called by their files; of two files of one name the second gets a number. */
function namesOf(main: string, paths: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map([[main, 'main']]);
  for (const path of paths) {
    if (path === main) continue;
    const base = posix.basename(path);
    let name = base;
    for (let number = 2; [...names.values()].includes(name); number++) name = `${base}_${number}`;
    names.set(path, name);
  }
  return names;
}

function packProcess(process: MapNode, id: string, path: string, names: ReadonlyMap<string, string>): Fields {
  const packed: Fields = {};
  for (const { key, value } of process.entries) {
    const name = keyText(key);
    if (['cwlVersion', '$namespaces', '$schemas', 'id'].includes(name)) continue;
    packed[name] = packField(name, value, id, path, names);
  }
  return { ...packed, id };
}

function packField(
  name: string,
  value: TreeNode,
  id: string,
  path: string,
  names: ReadonlyMap<string, string>,
): unknown {
  switch (name) {
    case 'inputs':
    case 'outputs':
      return itemsOf(value).map((item) => packPort(item.node, `${id}/${item.id}`, id));
    case 'steps':
      return itemsOf(value).map((item) => packStep(item.node, `${id}/${item.id}`, id, path, names));
    case 'requirements':
    case 'hints':
      return packClasses(value);
    default:
      return toValue(value);
  }
}

function packPort(node: TreeNode, id: string, scope: string): Fields {
  if (node.kind !== 'map') return { type: packType(node), id };
  const fields: Fields = {};
  for (const { key, value } of node.entries) {
    const name = keyText(key);
    if (name === 'id') continue;
    if (name === 'type') fields[name] = packType(value);
    else if (name === 'outputSource') fields[name] = packReference(value, scope);
    else fields[name] = name === 'default' ? toPythonValue(value) : toValue(value);
  }
  return { ...fields, id };
}

function packStep(
  node: TreeNode,
  id: string,
  scope: string,
  path: string,
  names: ReadonlyMap<string, string>,
): Fields {
  if (node.kind !== 'map') return { id };
  const fields: Fields = {};
  for (const { key, value } of node.entries) {
    const name = keyText(key);
    if (name === 'id') continue;
    if (name === 'run') fields[name] = packRun(value, id, path, names);
    else if (name === 'in')
      fields[name] = itemsOf(value).map((item) => packLink(item.node, `${id}/${item.id}`, scope));
    else if (name === 'out' || name === 'scatter') fields[name] = packReference(value, id);
    else if (name === 'hints' || name === 'requirements') fields[name] = packClasses(value);
    else fields[name] = toValue(value);
  }
  return { ...fields, id };
}

function packRun(node: TreeNode, id: string, path: string, names: ReadonlyMap<string, string>): unknown {
  if (node.kind === 'map') return packProcess(node, `${id}/run`, path, names);
  const file = posix.join(posix.dirname(path), textOf(node) ?? '');
  return `#${names.get(file) ?? file}`;
}

function packLink(node: TreeNode, id: string, scope: string): Fields {
  if (node.kind !== 'map') return { source: packReference(node, scope), id };
  const fields: Fields = {};
  for (const { key, value } of node.entries) {
    const name = keyText(key);
    if (name === 'id') continue;
    if (name === 'source') fields[name] = packReference(value, scope);
    // A default goes to a command, which shows whether it is a float.
    else fields[name] = name === 'default' ? toPythonValue(value) : toValue(value);
  }
  return { ...fields, id };
}

function packReference(node: TreeNode, scope: string): unknown {
  if (node.kind === 'sequence') return node.items.map((item) => packReference(item, scope));
  if (node.kind === 'map')
    return textOf(valueOf(node, 'id')) === undefined
      ? toValue(node)
      : packReference(valueOf(node, 'id') ?? node, scope);
  const text = textOf(node);
  return text === undefined ? toValue(node) : `${scope}/${text.replace(/^#/, '')}`;
}

function packClasses(node: TreeNode): unknown {
  if (node.kind !== 'map') return toValue(node);
  return classesOf(node).map(({ name, node: fields }) => ({ ...(toValue(fields) as Fields), class: name }));
}

/** Short forms written out: `File?` is `['null', 'File']`, `string[]` a list of texts. */
function packType(node: TreeNode): unknown {
  if (node.kind === 'sequence') return node.items.map(packType);
  const text = textOf(node);
  return text === undefined ? toValue(node) : writtenOut(text);
}

function writtenOut(type: string): unknown {
  if (type.endsWith('?')) return ['null', writtenOut(type.slice(0, -1))];
  return type.endsWith('[]') ? { type: 'array', items: writtenOut(type.slice(0, -2)) } : type;
}

// A reana.yaml with holes: `--set NAME=value` fills `{{NAME}}`, or the traditional bare word `VAR_NAME`.
// `${name}` is REANA's own syntax and is left alone.
import { closest } from '../base/closest.ts';
import { UsageError } from '../base/errors.ts';
import { Findings } from '../base/finding.ts';
import { readTree } from '../source/tree.ts';
import type { ScalarNode, TreeNode } from '../source/tree.ts';

interface Hole {
  readonly name: string;
  /** As it is written: with its braces, if it has any. */
  readonly written: string;
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Fills the holes of a template. A value never changes the structure of the document: where YAML would read it as
 *  something else, the scalar around it is quoted. A value that fills a whole plain scalar keeps its type, so `5` is a number.
 *  @param values name -> text, one line each
 *  @throws UsageError when a value has no hole, a hole has no value, or a name or value cannot be used. */
export function fillTemplate(text: string, values: ReadonlyMap<string, string>, file: string): string {
  for (const [name, value] of values) checkValue(name, value);
  const holes = findHoles(text, values);
  for (const name of values.keys()) {
    if (holes.some((hole) => hole.name === name)) continue;
    const near = nearestHole(name, [...new Set(holes.map((hole) => hole.name))]);
    throw new UsageError(
      `\`--set ${name}\` fills nothing: \`${file}\` has neither \`{{${name}}}\` nor the word \`${name}\``,
      {
        hint: near === undefined ? undefined : `did you mean \`${near}\`?`,
      },
    );
  }
  if (holes.length === 0) return text;
  const marked = mark(text, holes);
  refuseOpen(file, openIn(text, marked, values));
  return fill(marked, values);
}

function nearestHole(name: string, holes: readonly string[]): string | undefined {
  const whole = `VAR_${name}`;
  return holes.includes(whole) ? whole : (closest(name, holes) ?? closest(whole, holes));
}

/** What of a text is open when it is taken for a template: name -> the line where it stands first, counted from 1. */
export function openPlaceholders(text: string): ReadonlyMap<string, number> {
  const nothing = new Map<string, string>();
  return openIn(text, mark(text, findHoles(text, nothing)), nothing);
}

/** What stands in a comment needs no value. */
function openIn(
  text: string,
  marked: Marked,
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const [index, { name, start }] of marked.holes.entries()) {
    if (values.has(name) || lines.has(name) || isComment(marked, index)) continue;
    lines.set(name, text.slice(0, start).split('\n').length);
  }
  return lines;
}

/** All at once, so that nobody has to call again for each.
 *  @throws UsageError when there is one */
function refuseOpen(file: string, lines: ReadonlyMap<string, number>): void {
  const [first, ...others] = lines;
  if (first === undefined) return;
  const hint = [...lines.keys()].map((name) => `--set ${name}=…`).join(' ');
  if (others.length === 0) {
    throw new UsageError(`\`${first[0]}\` in line ${first[1]} of \`${file}\` has no value`, {
      hint: `give it one: \`${hint}\``,
    });
  }
  const listed = [...lines].map(([name, line]) => `\`${name}\` (line ${line})`).join(', ');
  throw new UsageError(`these placeholders of \`${file}\` have no value: ${listed}`, {
    hint: `give each one: \`${hint}\``,
  });
}

/** Only where YAML can say so: of a document that it cannot read every hole counts. */
function isComment(marked: Marked, index: number): boolean {
  if (marked.scalars.length === 0) return false;
  const at = marked.text.indexOf(`${marked.word}${index}E`);
  return !marked.scalars.some(([node]) => node.start <= at && at < node.end);
}

function checkValue(name: string, value: string): void {
  if (!identifier.test(name)) {
    throw new UsageError(`\`${name}\` cannot name a placeholder`, { hint: 'use letters, digits and `_`' });
  }
  // At the beginning of a line in a block text, blanks would change its indentation.
  if (value !== value.trim()) {
    throw new UsageError(`the value of \`${name}\` must not begin or end with blanks`);
  }
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  if (/[\u0000-\u0008\u000a-\u001f\u007f\u0085\u2028\u2029]/.test(value)) {
    throw new UsageError(`the value of \`${name}\` must be one line without control characters`);
  }
}

function findHoles(text: string, values: ReadonlyMap<string, string>): readonly Hole[] {
  const holes: Hole[] = [];
  const braced = /(?<!\$)\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;
  for (const match of text.matchAll(braced)) {
    const written = match[0];
    holes.push({ name: match[1] ?? '', written, start: match.index, end: match.index + written.length });
  }
  const inBraces = new Set(holes.map((hole) => hole.name));
  for (const match of text.matchAll(/(?<![A-Za-z0-9_$]|\$\{)[A-Za-z_][A-Za-z0-9_]*/g)) {
    const name = match[0];
    const start = match.index;
    if (!name.startsWith('VAR_') && (!values.has(name) || inBraces.has(name))) continue;
    if (holes.some((hole) => start >= hole.start && start < hole.end)) continue;
    holes.push({ name, written: name, start, end: start + name.length });
  }
  return holes.sort((a, b) => a.start - b.start);
}

/** A template whose holes are words that mean nothing to YAML, so that it can say which scalar each one stands in. */
interface Marked {
  readonly text: string;
  /** The hole of index `n` is written as this, `n`, and `E`. */
  readonly word: string;
  readonly holes: readonly Hole[];
  /** None when YAML cannot read it at all. */
  readonly scalars: readonly (readonly [ScalarNode, Place])[];
}

function mark(text: string, holes: readonly Hole[]): Marked {
  let word = 'HOLE';
  while (text.includes(word)) word += 'X';
  let marked = '';
  let end = 0;
  for (const [index, hole] of holes.entries()) {
    marked += `${text.slice(end, hole.start)}${word}${index}E`;
    end = hole.end;
  }
  marked += text.slice(end);
  const root = readTree('template', marked, new Findings());
  return { text: marked, word, holes, scalars: root === undefined ? [] : [...scalarsOf(root, 'block')] };
}

function fill(
  { text: marked, word: mark, holes, scalars }: Marked,
  values: ReadonlyMap<string, string>,
): string {
  // One in a comment may have none.
  const fillings = holes.map(({ name, written }) => values.get(name) ?? written);
  const word = new RegExp(`${mark}([0-9]+)E`, 'g');
  const replaced = (source: string, insert: (value: string) => string): string =>
    source.replace(word, (_, index: string) => insert(fillings[Number(index)] ?? ''));

  const edits: { start: number; end: number; text: string }[] = [];
  for (const [node, place] of scalars) {
    const source = marked.slice(node.start, node.end);
    // An alias is written out in the tree, so a scalar can turn up more than once.
    if (!source.includes(mark) || edits.some((edit) => edit.start === node.start)) continue;
    edits.push({ start: node.start, end: node.end, text: fillScalar(node, source, place, replaced) });
  }
  edits.sort((a, b) => a.start - b.start);
  let filled = '';
  let at = 0;
  for (const edit of edits) {
    filled += marked.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  // What is left stands in comments, anchors, or in a document that YAML cannot read at all.
  return replaced(filled + marked.slice(at), (value) => value);
}

/** Where a scalar stands decides what it may look like without quotes. */
type Place = 'block' | 'flow' | 'key';

function* scalarsOf(node: TreeNode, place: 'block' | 'flow'): Generator<readonly [ScalarNode, Place]> {
  if (node.kind === 'scalar') {
    yield [node, place];
    return;
  }
  const inside = place === 'flow' || '[{'.includes(node.source.text.charAt(node.start)) ? 'flow' : 'block';
  if (node.kind === 'sequence') {
    for (const item of node.items) yield* scalarsOf(item, inside);
    return;
  }
  for (const { key, value } of node.entries) {
    yield [key, inside === 'flow' ? 'flow' : 'key'];
    yield* scalarsOf(value, inside);
  }
}

function fillScalar(
  node: ScalarNode,
  source: string,
  place: Place,
  replaced: (source: string, insert: (value: string) => string) => string,
): string {
  switch (node.style) {
    case 'double':
      return replaced(source, (text) => JSON.stringify(text).slice(1, -1));
    case 'single':
      return replaced(source, (text) => text.replaceAll("'", "''"));
    case 'literal':
    case 'folded':
      return replaced(source, (text) => text);
    case 'plain': {
      const candidate = replaced(source, (text) => text);
      if (!candidate.includes('\n') && isPlain(candidate, place)) return candidate;
      return JSON.stringify(replaced(String(node.value), (text) => text));
    }
  }
}

/** True when YAML reads the text as one plain scalar at such a place. */
function isPlain(text: string, place: Place): boolean {
  if (text === '') return false;
  const findings = new Findings();
  const document = place === 'flow' ? `[${text}]\n` : place === 'key' ? `${text}: 1\n` : `- ${text}\n`;
  const root = readTree('template', document, findings);
  const nodes =
    root?.kind === 'sequence'
      ? root.items
      : root?.kind === 'map'
        ? root.entries.map((entry) => entry.key)
        : [];
  const [only] = nodes;
  if (findings.count > 0 || nodes.length !== 1 || only?.kind !== 'scalar' || only.style !== 'plain')
    return false;
  const isWhole = document.slice(only.start, only.end) === text;
  return isWhole && (typeof only.value !== 'string' || only.value === text);
}

// Reads a Snakefile by its lines: rules and their directives are found by how far they are indented. What is Python in it is
// not run. @see Snakemake's grammar, "Writing Workflows"
import { literalAt, plainText, readItems } from './values.ts';
import type { Directive, SnakePlace, SnakemakeRule, SnakeText, Snakefile } from './model.ts';

type Source = SnakePlace['source'];

interface Line {
  /** Offsets of what stands on it, without indentation; `end` exclusive. Lines inside of texts and brackets are parts of others. */
  readonly start: number;
  readonly end: number;
  readonly indent: number;
}

/** Reads the text of a Snakefile.
 *  @param include gives the Snakefile that `include:` names, or `undefined` */
export function readSnakefile(
  file: string,
  text: string,
  include: (name: SnakeText) => Snakefile | undefined,
): Snakefile {
  const source = { file, text };
  const lines = linesOf(text);
  const rules: SnakemakeRule[] = [];
  const configFiles: SnakeText[] = [];
  const included: Snakefile[] = [];
  let isComplete = true;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const written = text.slice(line.start, line.end);
    const rule = /^(?:rule|checkpoint)\s+([A-Za-z_]\w*)\s*:/.exec(written);
    const name = rule?.[1];
    const block = bodyOf(lines, index);
    if (name !== undefined) {
      const start = line.start + written.indexOf(name, 4);
      rules.push({ name: plainText(source, start, name), directives: readDirectives(source, lines, block) });
    } else {
      const directive = readDirective(source, lines, index, block);
      const first = directive?.items[0]?.value;
      switch (directive?.key.text) {
        case 'include':
        case 'configfile': {
          if (first?.kind !== 'text') isComplete = false;
          else if (directive.key.text === 'configfile') configFiles.push(first);
          else {
            const inner = include(first);
            if (inner === undefined) isComplete = false;
            else included.push(inner);
          }
          break;
        }
        case 'container':
        case 'localrules':
        case 'ruleorder':
        case 'wildcard_constraints':
          break;
        default:
          isComplete = false;
      }
    }
    index = block.end - 1;
  }
  const uses = [...text.matchAll(/\bconfig\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\]/g)];
  const mentions = [...text.replace(/#.*/g, '').matchAll(/\bconfig\b(?!file)/g)].length;
  const plainUses = [...text.replace(/#.*/g, '').matchAll(/\bconfig\[\s*["']/g)].length;
  return {
    rules: [...included.flatMap((one) => one.rules), ...rules],
    configFiles: [...included.flatMap((one) => one.configFiles), ...configFiles],
    configUses: [
      ...included.flatMap((one) => one.configUses),
      ...uses.map((use) => plainText(source, use.index + use[0].search(/["']/) + 1, use[1] ?? use[2] ?? '')),
    ],
    hasOnlyPlainConfig: mentions === plainUses && included.every((one) => one.hasOnlyPlainConfig),
    assigned: new Set([
      ...included.flatMap((one) => [...one.assigned]),
      ...[
        ...text.matchAll(
          /^\s*(?:def\s+|class\s+|import\s+|from\s.*import\s+|for\s+)?([A-Za-z_]\w*)\s*(?:=|\(|,|$|\sas\b|\sin\b|:)/gm,
        ),
      ].map((match) => match[1] ?? ''),
    ]),
    isComplete: isComplete && included.every((one) => one.isComplete),
  };
}

/** Index of the first line below one, and of the first that is not. */
interface Block {
  readonly start: number;
  readonly end: number;
}

function bodyOf(lines: readonly Line[], index: number): Block {
  const indent = lines[index]?.indent ?? 0;
  let end = index + 1;
  while (end < lines.length && (lines[end]?.indent ?? 0) > indent) end++;
  return { start: index + 1, end };
}

function readDirectives(
  source: Source,
  lines: readonly Line[],
  block: Block,
): ReadonlyMap<string, Directive> {
  const directives = new Map<string, Directive>();
  for (let index = block.start; index < block.end; index++) {
    const body = bodyOf(lines, index);
    const directive = readDirective(source, lines, index, body);
    if (directive !== undefined && !directives.has(directive.key.text))
      directives.set(directive.key.text, directive);
    index = body.end - 1;
  }
  return directives;
}

/** `name: arguments`, over as many lines as are indented below it. */
function readDirective(
  source: Source,
  lines: readonly Line[],
  index: number,
  body: Block,
): Directive | undefined {
  const line = lines[index];
  if (line === undefined) return undefined;
  const match = /^([a-z_]+)\s*:/.exec(source.text.slice(line.start, line.end));
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  const end = lines[body.end - 1]?.end ?? line.end;
  const key = plainText(source, line.start, name);
  return { key, items: name === 'run' ? [] : readItems(source, line.start + match[0].length, end) };
}

/** Logical lines: a text or brackets that are open join the lines they go over. Empty ones and comments are left out. */
function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let at = 0;
  while (at < text.length) {
    const indented = /[ \t]*/y;
    indented.lastIndex = at;
    const blanks = indented.exec(text)?.[0] ?? '';
    const start = at + blanks.length;
    const end = endOfLine(text, start);
    if (end > start && text.charAt(start) !== '#') {
      lines.push({ start, end, indent: blanks.replaceAll('\t', '        ').length });
    }
    at = end + 1;
  }
  return lines;
}

function endOfLine(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\n' && depth <= 0) return at;
    if (char === '#') {
      const end = text.indexOf('\n', at);
      at = (end === -1 ? text.length : end) - 1;
    } else if (char === '\\' && text.charAt(at + 1) === '\n') at++;
    else if (char === '"' || char === "'") at = Math.max(at, (literalAt(text, at)?.end ?? at + 1) - 1);
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
  }
  return text.length;
}

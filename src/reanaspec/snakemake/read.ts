// Reads a Snakefile by its lines: rules and their directives are found by how far they are indented. What is Python in it is
// not run. @see Snakemake's grammar, "Writing Workflows"
import { closest } from '../../base/closest.ts';
import { actions, blocks, pythonBlocks, ruleDirectives, topDirectives } from './directives.ts';
import { misindented } from './indentation.ts';
import { literalAt, plainText, readItems } from './values.ts';
import type { Directive, SnakeFault, SnakePlace, SnakemakeRule, SnakeText, Snakefile } from './model.ts';

type Source = SnakePlace['source'];

interface Line {
  /** Offsets of what stands on it, without indentation; `end` exclusive. Lines inside of texts and brackets are parts of others. */
  readonly start: number;
  readonly end: number;
  /** As Python counts: a tab goes to the next multiple of 8. */
  readonly columns: number;
  /** As Snakemake counts to tell what belongs to a directive: blanks and tabs are one each, and a line that Python takes to be
   *  as deep as the one above is so. */
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
  const faults: SnakeFault[] = misindented(source, lines).map((place) => ({
    code: 'reana/bad-indentation',
    place,
    message: 'this line is indented less than the one above, and like none before it that is still open',
  }));
  // Nobody knows what belongs to what.
  const isMisindented = faults.length > 0;
  let isComplete = !isMisindented;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const written = text.slice(line.start, line.end);
    const [, keyword, named] = /^([A-Za-z_]\w*)\s+([A-Za-z_]\w*)\s*:/.exec(written) ?? [];
    const begins = keyword === undefined ? undefined : meantBlock(source, line.start, keyword, faults);
    const name = begins === 'rule' || begins === 'checkpoint' ? named : undefined;
    const block = bodyOf(lines, index);
    if (name !== undefined) {
      const start = line.start + written.indexOf(name, keyword?.length);
      const directives = readDirectives(source, lines, block, faults);
      rules.push({ name: plainText(source, start, name), directives });
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
          if (directive !== undefined) reportTopDirective(directive.key, faults);
      }
    }
    index = block.end - 1;
  }
  const uses = [...text.matchAll(/\bconfig\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\]/g)];
  const mentions = [...text.replace(/#.*/g, '').matchAll(/\bconfig\b(?!file)/g)].length;
  const plainUses = [...text.replace(/#.*/g, '').matchAll(/\bconfig\[\s*["']/g)].length;
  return {
    rules: [...included.flatMap((one) => one.rules), ...(isMisindented ? [] : rules)],
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
    faults: [
      ...included.flatMap((one) => one.faults),
      ...(isMisindented ? faults.filter(({ code }) => code === 'reana/bad-indentation') : faults),
    ],
    isComplete: isComplete && included.every((one) => one.isComplete),
  };
}

/** What a word with a name behind it begins, if anything of Snakemake's. */
function meantBlock(
  source: Source,
  start: number,
  keyword: string,
  faults: SnakeFault[],
): string | undefined {
  if (blocks.includes(keyword)) return keyword;
  if (pythonBlocks.includes(keyword)) return undefined;
  const meant = closest(keyword, blocks);
  faults.push({
    code: 'reana/unknown-directive',
    place: { source, start, end: start + keyword.length },
    message: `\`${keyword}\` begins nothing that Snakemake knows`,
    meant,
  });
  return meant;
}

/** A name and a colon may be Python as well, so only what is near to a word of Snakemake is reported. */
function reportTopDirective(key: SnakeText, faults: SnakeFault[]): void {
  const meant = topDirectives.includes(key.text) ? undefined : closest(key.text, topDirectives);
  if (meant === undefined || key.text.length < 4) return;
  const message = `\`${key.text}\` begins nothing that Snakemake knows`;
  faults.push({ code: 'reana/unknown-directive', place: key, message, meant });
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
  faults: SnakeFault[],
): ReadonlyMap<string, Directive> {
  const directives = new Map<string, Directive>();
  for (let index = block.start; index < block.end; index++) {
    const body = bodyOf(lines, index);
    const directive = readDirective(source, lines, index, body);
    index = body.end - 1;
    if (directive === undefined) continue;
    const { key } = directive;
    const name = meantDirective(key, faults);
    if (name === undefined) continue;
    if (!directives.has(name)) directives.set(name, directive);
    else if (actions.includes(name)) {
      const message = `the rule has a second \`${name}\``;
      faults.push({ code: 'reana/repeated-directive', place: key, message });
    }
  }
  return directives;
}

/** What a directive of a rule is called, or was meant to be called. */
function meantDirective(key: SnakeText, faults: SnakeFault[]): string | undefined {
  if (ruleDirectives.includes(key.text)) return key.text;
  const meant = closest(key.text, ruleDirectives);
  const message = `a rule has no \`${key.text}\``;
  faults.push({ code: 'reana/unknown-directive', place: key, message, meant });
  return meant;
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
  const match = /^([A-Za-z_]\w*)\s*:/.exec(source.text.slice(line.start, line.end));
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
      const columns = columnsOf(blanks);
      const above = lines.at(-1);
      lines.push({ start, end, columns, indent: above?.columns === columns ? above.indent : blanks.length });
    }
    at = end + 1;
  }
  return lines;
}

function columnsOf(blanks: string): number {
  let columns = 0;
  for (const blank of blanks) columns = blank === '\t' ? columns - (columns % 8) + 8 : columns + 1;
  return columns;
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

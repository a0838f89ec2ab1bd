// Rules of a Snakefile with what their sections say, before anything is looked up between them.
import { closest } from '../base/closest.ts';
import { misspeltName } from '../base/misspelling.ts';
import { helperModule, reportPython, spanAt, type SnakeDocument } from './document.ts';
import { placeWithin, type Evaluated, type FileUse, type Param, type RuleDraft } from './draft.ts';
import { evaluate, textOf } from './evaluate.ts';
import type { Argument } from './expressions.ts';
import type { Section, Statement } from './statements.ts';

/** What PanDA makes something of. */
const used = ['params', 'input', 'output', 'scatter', 'loop', 'when', 'shell'];

/** What runs a payload in Snakemake, and nothing for PanDA. */
const otherRunners = ['run', 'script', 'notebook', 'wrapper', 'cwl', 'template_engine'];

/** What Snakemake knows besides, and PanDA never looks at. */
const ignored = [
  'benchmark',
  'cache',
  'conda',
  'container',
  'containerized',
  'default_target',
  'envmodules',
  'group',
  'handover',
  'localrule',
  'log',
  'message',
  'name',
  'priority',
  'resources',
  'retries',
  'shadow',
  'singularity',
  'threads',
  'version',
  'wildcard_constraints',
];

type RuleStatement = Extract<Statement, { kind: 'rule' }>;

export function readRule(document: SnakeDocument, statement: RuleStatement): RuleDraft {
  const sections = sectionsOf(document, statement);
  const input = sections.get('input');
  const inputs = readFiles(document, input);
  const loop = sections.get('loop');
  return {
    name: statement.name.text,
    isBroken:
      statement.sections.some(({ keyword }) => !isKnownSection(keyword.text)) ||
      (sections.get('params')?.arguments ?? []).some(({ name }) => name === undefined),
    place: statement.name,
    params: readParams(document, sections.get('params'), statement.name.text === 'all'),
    inputs: inputs.files,
    hasUnknownInput: inputs.isUnknown,
    outputs: readFiles(document, sections.get('output')).files,
    inputSection: input,
    scatter: readScatter(document, sections.get('scatter')),
    loop: readLoop(document, loop),
    loopPlace: loop?.keyword,
    when: readText(document, sections.get('when')),
    shell: readText(document, sections.get('shell')),
  };
}

function sectionsOf(document: SnakeDocument, { sections }: RuleStatement): ReadonlyMap<string, Section> {
  const found = new Map<string, Section>();
  for (const section of sections) {
    const { text } = section.keyword;
    const span = spanAt(document, section.keyword);
    const before = found.get(text);
    if (before !== undefined) {
      document.findings.error('snakemake/duplicate-section', span, `the section \`${text}\` is repeated`, {
        related: [{ span: spanAt(document, before.keyword), message: 'first written here' }],
      });
    } else if (used.includes(text)) {
      found.set(text, section);
    } else if (otherRunners.includes(text)) {
      const message = `PanDA runs no \`${text}\`: the payload is \`opt_exec\`, and \`shell\` names the type of the step`;
      document.findings.error('snakemake/unsupported', span, message, { help: 'write `shell: "prun"`' });
    } else if (ignored.includes(text)) {
      document.findings.warning('panda/ignored', span, `the PanDA server ignores \`${text}\``);
    } else {
      reportSection(document, section);
      const meant = misspeltName(text, used);
      if (meant !== undefined && !found.has(meant)) found.set(meant, section);
    }
  }
  return found;
}

function isKnownSection(name: string): boolean {
  return used.includes(name) || ignored.includes(name) || otherRunners.includes(name);
}

function reportSection({ findings, file }: SnakeDocument, { keyword }: Section): void {
  const known = [...used, ...ignored, ...otherRunners];
  const span = { file, start: keyword.start, end: keyword.end };
  const nearest = closest(keyword.text, known);
  const certain = misspeltName(keyword.text, used);
  findings.error('snakemake/unknown-section', span, `a rule has no section \`${keyword.text}\``, {
    help:
      nearest === undefined
        ? `the sections are ${used.map((name) => `\`${name}\``).join(', ')}`
        : `did you mean \`${nearest}\`?`,
    fix: certain === undefined ? undefined : { span, text: certain },
  });
}

function readParams(
  document: SnakeDocument,
  section: Section | undefined,
  isRoot: boolean,
): readonly Param[] {
  const found = new Map<string, Param>();
  for (const { name, namePlace, value } of section?.arguments ?? []) {
    if (name === undefined || namePlace === undefined) {
      const message = 'a parameter for PanDA has a name: `opt_exec="…"`';
      document.findings.error('snakemake/wrong-type', spanAt(document, value), message);
      continue;
    }
    const before = found.get(name);
    if (before !== undefined) {
      document.findings.error(
        'snakemake/duplicate-parameter',
        spanAt(document, namePlace),
        `the parameter \`${name}\` is repeated`,
        {
          related: [{ span: spanAt(document, before.place), message: 'first written here' }],
        },
      );
      continue;
    }
    const evaluated = evaluate(document, value);
    checkWildcards(document, evaluated, value, isRoot);
    found.set(name, { name, place: namePlace, value: evaluated });
  }
  return [...found.values()];
}

/** What Snakemake takes for a wildcard: a name in braces, with or without a pattern for it. */
const wildcard = /\{\s*(\w+)\s*(?:,(?:[^{}]|\{\d+(?:,\d+)?\})*)?\}/;

/** Texts are formatted by Snakemake unless `param_exp` keeps them from it. */
function checkWildcards(
  document: SnakeDocument,
  evaluated: Evaluated,
  written: Argument['value'],
  isRoot: boolean,
): void {
  if (evaluated.is === 'list') {
    for (const item of evaluated.items) checkWildcards(document, item, written, isRoot);
    return;
  }
  if (evaluated.is !== 'text' || evaluated.isTemplate) return;
  const match = wildcard.exec(evaluated.text);
  if (match === null) return;
  const place = placeWithin(evaluated, match.index, match.index + match[0].length);
  const message = `\`${match[0]}\` is a wildcard for Snakemake, which has no value for it`;
  const isPlain = written.kind === 'text' && written.pieces.every((piece) => piece.kind === 'text');
  const { start, end } = written;
  const canWrap = isPlain && !isRoot && document.imported.has('param_exp');
  document.findings.error('snakemake/wildcard', spanAt(document, place), message, {
    help: document.imported.has('param_exp')
      ? 'put the text into `param_exp(…)`'
      : `put the text into \`param_exp(…)\`, imported from \`${helperModule}\``,
    fix: canWrap
      ? { span: spanAt(document, { start, end }), text: `param_exp(${document.source.slice(start, end)})` }
      : undefined,
  });
}

/** Files of `input` and `output`: texts, outputs of other rules, lists of both. */
function readFiles(
  document: SnakeDocument,
  section: Section | undefined,
): { readonly files: readonly FileUse[]; readonly isUnknown: boolean } {
  const values = (section?.arguments ?? []).map(({ name, value }) => ({
    name,
    value: evaluate(document, value),
  }));
  return {
    files: values.flatMap(({ name, value }) => filesOf(document, value, name)),
    isUnknown: values.some(({ value }) => value.is === 'unknown'),
  };
}

function filesOf(document: SnakeDocument, value: Evaluated, name: string | undefined): readonly FileUse[] {
  switch (value.is) {
    case 'unknown':
      return [];
    case 'list':
      return value.items.flatMap((item) => filesOf(document, item, name));
    case 'files':
      return value.files.map((path) => ({ path, place: value, name }));
    case 'text': {
      const match = wildcard.exec(value.text);
      if (match === null) return [{ path: value.text, place: value, name }];
      const place = placeWithin(value, match.index, match.index + match[0].length);
      const message = `wildcards like \`${match[0]}\` have no meaning for PanDA: each rule becomes one step`;
      document.findings.error('snakemake/unsupported', spanAt(document, place), message, {
        help: 'to run a step for every element of a list, write a sub-workflow and `scatter`',
      });
      return [];
    }
    default: {
      const message = 'a file is named by a text, or as `rules.NAME.output`';
      document.findings.error('snakemake/wrong-type', spanAt(document, value), message);
      return [];
    }
  }
}

function readScatter(
  document: SnakeDocument,
  section: Section | undefined,
): readonly (Evaluated & { readonly is: 'parameter' })[] {
  const given = (section?.arguments ?? []).flatMap(({ value }) => {
    const evaluated = evaluate(document, value);
    return evaluated.is === 'list' ? evaluated.items : [evaluated];
  });
  return given.flatMap((item) => {
    if (item.is === 'parameter') return [item];
    if (item.is !== 'unknown') {
      const message = '`scatter` is a list of parameters: `[param_of("x")]`';
      document.findings.error('snakemake/wrong-type', spanAt(document, item), message);
    }
    return [];
  });
}

function readLoop(document: SnakeDocument, section: Section | undefined): boolean {
  const [only] = section?.arguments ?? [];
  if (section === undefined) return false;
  const value = only === undefined ? undefined : evaluate(document, only.value);
  if (value?.is === 'value' && typeof value.value === 'boolean') return value.value;
  if (value?.is !== 'unknown') {
    const place = value ?? section.keyword;
    document.findings.error('snakemake/wrong-type', spanAt(document, place), '`loop` is `True` or `False`');
  }
  return false;
}

function readText(
  document: SnakeDocument,
  section: Section | undefined,
): (Evaluated & { readonly is: 'text' }) | undefined {
  if (section === undefined) return undefined;
  const [only, other] = section.arguments;
  if (only === undefined || other !== undefined) {
    const message = `\`${section.keyword.text}\` takes one text`;
    document.findings.error(
      'snakemake/wrong-type',
      spanAt(document, other?.value ?? section.keyword),
      message,
    );
    return undefined;
  }
  const value = evaluate(document, only.value);
  if (value.is === 'text') return value;
  if (value.is === 'parameter') {
    const message = `\`${section.keyword.text}\` takes a text, and \`param_of\` is none`;
    document.findings.error('snakemake/wrong-type', spanAt(document, value), message, {
      help: `write \`str(param_of("${value.name}"))\``,
    });
  } else if (value.is !== 'unknown') {
    const told = textOf(value);
    if (told === undefined || value.is === 'value') {
      document.findings.error(
        'snakemake/wrong-type',
        spanAt(document, value),
        `\`${section.keyword.text}\` takes a text`,
      );
    } else reportPython(document, value, 'this');
  }
  return undefined;
}

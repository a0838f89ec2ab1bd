// The Snakemake workflow of an analysis: its files, its configuration, and what they come to.
import { posix } from 'node:path';
import type { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import type { Span } from '../../base/span.ts';
import { entryOf, spanOf, textOf, valueOf } from '../../source/tree.ts';
import type { MapNode, TreeNode } from '../../source/tree.ts';
import type { Value } from '../../workflow/model.ts';
import type { PossibleOutputs } from '../outputs.ts';
import type { GivenParameters } from '../parameter-file.ts';
import { readPythonTree } from '../python-yaml.ts';
import { kindName } from '../shape.ts';
import type { ReanaSurroundings } from '../surroundings.ts';
import { checkSnakefile, placeOf, type SnakemakeNeeds } from './check.ts';
import { filesOf, loadJobs } from './jobs.ts';
import type { SnakePlace, Snakefile, SnakeText, SnakeValue } from './model.ts';
import { readSnakefile } from './read.ts';

export interface SnakemakeContext {
  /** Of the specification: where jobs run. */
  readonly directory: string;
  readonly parameters: GivenParameters;
  /** Input files of the specification, which have been looked for already. */
  readonly declared: ReadonlySet<string>;
  readonly readText: ReadText;
  readonly findings: Findings;
  readonly surroundings: ReanaSurroundings;
}

export interface LoadedSnakemake extends SnakemakeNeeds {
  /** `null`: only Snakemake itself can tell the jobs. */
  readonly specification: Value;
  readonly outputs: PossibleOutputs | undefined;
}

/** Reads and checks a Snakefile with everything that it includes. */
export function checkSnakemake(
  file: { readonly path: string; readonly text: string },
  context: SnakemakeContext,
): LoadedSnakemake {
  const { findings, surroundings } = context;
  const snakefile = readWithIncludes(file.path, file.text, context, [file.path]);
  const config = configOf({ file: file.path, text: file.text }, snakefile, context);
  const needs = checkSnakefile(snakefile, config, findings);
  checkFileParameters(snakefile, config, findings);
  checkFiles(snakefile, config, context);
  if (!snakefile.isComplete && surroundings.wantsHints === true) {
    const message = 'this Snakefile has parts that only Python can tell: they have not been checked';
    findings.warning('reana/not-followed', { file: file.path, start: 0, end: 0 }, message);
  }
  return {
    ...needs,
    specification: loadJobs(snakefile, config) ?? null,
    outputs: outputsOf(snakefile, config),
  };
}

/** An included file is looked for beside the one that includes it. */
function readWithIncludes(
  path: string,
  text: string,
  context: SnakemakeContext,
  open: readonly string[],
): Snakefile {
  return readSnakefile(path, text, (name) => {
    const inner = posix.join(posix.dirname(path), name.text);
    if (/^[a-z]+:/i.test(name.text) || open.includes(inner) || open.length > 50) return undefined;
    const answer = context.readText(inner);
    if (answer.ok) return readWithIncludes(inner, answer.text, context, [...open, inner]);
    context.findings.error(
      'reana/missing-include',
      placeOf(name),
      `the included file \`${name.text}\` ${answer.detail}`,
    );
    return undefined;
  });
}

/** What `config` holds: config files first, then the parameters of the specification. */
function configOf(
  file: SnakePlace['source'],
  { configFiles, isComplete }: Snakefile,
  { directory, parameters, readText, findings }: SnakemakeContext,
): MapNode | undefined {
  const maps: MapNode[] = [];
  for (const name of configFiles) {
    const map = readConfig(name, directory, readText, findings);
    if (map === undefined) return undefined;
    maps.push(map);
  }
  if (parameters.values !== undefined) maps.push(parameters.values);
  else if (!parameters.isKnown) return undefined;
  const [first, ...others] = maps.reverse();
  if (first === undefined) return isComplete ? nothingAt(file) : undefined;
  return { ...first, entries: [first, ...others].flatMap((map) => map.entries) };
}

/** Without parameters and config files there is nothing in `config`. */
const nothingAt = (source: SnakePlace['source']): MapNode => ({
  kind: 'map',
  source,
  start: 0,
  end: 0,
  entries: [],
});

function readConfig(
  name: SnakeText,
  directory: string,
  readText: ReadText,
  findings: Findings,
): MapNode | undefined {
  const path = posix.join(directory, name.text);
  const answer = readText(path);
  if (!answer.ok) {
    findings.error(
      'reana/missing-parameter-file',
      placeOf(name),
      `the config file \`${name.text}\` ${answer.detail}`,
    );
    return undefined;
  }
  const tree: TreeNode | undefined = readPythonTree(path, answer.text, findings, { allowEmpty: true });
  return tree?.kind === 'map' ? tree : undefined;
}

/** Inputs that no rule makes and that are not here, where every file is known. */
function checkFiles(
  snakefile: Snakefile,
  config: MapNode | undefined,
  { directory, declared, surroundings, findings }: SnakemakeContext,
): void {
  const { kindOf } = surroundings;
  if (kindOf === undefined || !snakefile.isComplete) return;
  const made = snakefile.rules.map((rule) => filesOf(rule, 'output', config));
  if (made.some((files) => files === undefined || files.some((file) => file.includes('{')))) return;
  const known = new Set(made.flatMap((files) => files ?? []));
  for (const rule of snakefile.rules) {
    for (const { value } of rule.directives.get('input')?.items ?? []) {
      const input = inputOf(value, config);
      if (input === undefined || /\{|^[a-z]+:/i.test(input.text)) continue;
      if (known.has(input.text) || declared.has(posix.normalize(input.text))) continue;
      if (kindOf(posix.join(directory, input.text)) !== 'missing') continue;
      const message = `input \`${input.text}\` does not exist, and no rule makes it`;
      findings.error('reana/missing-input', input.span, message);
    }
  }
}

/** Files that parameters name: Snakemake takes texts, and lists and mappings of them. */
function checkFileParameters({ rules }: Snakefile, config: MapNode | undefined, findings: Findings): void {
  for (const rule of rules) {
    const items = ['input', 'output'].flatMap((name) => rule.directives.get(name)?.items ?? []);
    for (const { value } of items) {
      const node = value.kind === 'config' && config !== undefined ? valueOf(config, value.name) : undefined;
      if (node?.kind !== 'scalar' || (typeof node.value === 'string' && node.value !== '')) continue;
      const given = node.value === '' ? 'empty' : kindName(node);
      const message = `this is a file of rule \`${rule.name.text}\`, so it must be a text, not ${given}`;
      findings.error('reana/wrong-type', spanOf(node), message);
    }
  }
}

/** An input that is written as it is, or that is a parameter; it stands where its name stands. */
function inputOf(
  value: SnakeValue,
  config: MapNode | undefined,
): { readonly text: string; readonly span: Span } | undefined {
  if (value.kind === 'text') return { text: value.text, span: placeOf(value) };
  if (value.kind !== 'config' || config === undefined) return undefined;
  const node = entryOf(config, value.name)?.value;
  const text = textOf(node);
  return node === undefined || text === undefined || text === '' ? undefined : { text, span: spanOf(node) };
}

function outputsOf(snakefile: Snakefile, config: MapNode | undefined): PossibleOutputs | undefined {
  if (!snakefile.isComplete) return undefined;
  const files = snakefile.rules.map((rule) => filesOf(rule, 'output', config));
  if (files.some((list) => list === undefined || list.some((file) => file.includes('{')))) return undefined;
  return { places: files.flatMap((list) => list ?? []), isComplete: true, words: 'the rules make' };
}

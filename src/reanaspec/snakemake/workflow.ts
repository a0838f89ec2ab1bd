// The Snakemake workflow of an analysis: its files, its configuration, and what they come to.
import { posix } from 'node:path';
import type { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import type { MapNode, TreeNode } from '../../source/tree.ts';
import type { Value } from '../../workflow/model.ts';
import type { PossibleOutputs } from '../outputs.ts';
import type { GivenParameters } from '../parameter-file.ts';
import { readPythonTree } from '../python-yaml.ts';
import type { ReanaSurroundings } from '../surroundings.ts';
import { checkSnakefile, placeOf, type SnakemakeNeeds } from './check.ts';
import { filesOf, loadJobs } from './jobs.ts';
import type { Snakefile, SnakeText } from './model.ts';
import { readSnakefile } from './read.ts';

export interface SnakemakeContext {
  /** Of the specification: where jobs run. */
  readonly directory: string;
  readonly parameters: GivenParameters;
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
  const config = configOf(snakefile, context);
  const needs = checkSnakefile(snakefile, config, findings);
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
  { configFiles }: Snakefile,
  { directory, parameters, readText, findings }: SnakemakeContext,
): MapNode | undefined {
  const maps: MapNode[] = [];
  for (const name of configFiles) {
    const map = readConfig(name, directory, readText, findings);
    if (map === undefined) return undefined;
    maps.push(map);
  }
  if (parameters.values !== undefined) maps.push(parameters.values);
  else if (parameters.file !== undefined || !parameters.isKnown) return undefined;
  const [first, ...others] = maps.reverse();
  if (first === undefined) return undefined;
  return { ...first, entries: [first, ...others].flatMap((map) => map.entries) };
}

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
  { directory, surroundings, findings }: SnakemakeContext,
): void {
  const { kindOf } = surroundings;
  if (kindOf === undefined || !snakefile.isComplete) return;
  const made = snakefile.rules.map((rule) => filesOf(rule, 'output', config));
  if (made.some((files) => files === undefined || files.some((file) => file.includes('{')))) return;
  const known = new Set(made.flatMap((files) => files ?? []));
  for (const rule of snakefile.rules) {
    for (const { value } of rule.directives.get('input')?.items ?? []) {
      if (value.kind !== 'text' || value.text.includes('{') || /^[a-z]+:/i.test(value.text)) continue;
      if (known.has(value.text) || kindOf(posix.join(directory, value.text)) !== 'missing') continue;
      findings.error(
        'reana/missing-input',
        placeOf(value),
        `input \`${value.text}\` does not exist, and no rule makes it`,
      );
    }
  }
}

function outputsOf(snakefile: Snakefile, config: MapNode | undefined): PossibleOutputs | undefined {
  if (!snakefile.isComplete) return undefined;
  const files = snakefile.rules.map((rule) => filesOf(rule, 'output', config));
  if (files.some((list) => list === undefined || list.some((file) => file.includes('{')))) return undefined;
  return { places: files.flatMap((list) => list ?? []), isComplete: true, words: 'the rules make' };
}

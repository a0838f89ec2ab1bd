// What kind of document a file is: by its name where that tells, else by what stands in it.
import { posix } from 'node:path';
import { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import { entryOf, readTree, type MapNode } from '../source/tree.ts';
import type { Language } from '../workflow/model.ts';

export type DocumentKind = Language | 'reana' | 'weather';

/** Whether a file is a Snakefile, by its name. */
export function isSnakefile(file: string): boolean {
  return /^snakefile(?:\.|$)|\.smk$/i.test(posix.basename(file));
}

/** The kind of a document; `undefined` when it is none that can be checked. Something that cannot be read counts as CWL. */
export function kindOf(file: string, readText: ReadText): DocumentKind | undefined {
  const name = posix.basename(file);
  if (/\.cwl$/i.test(name)) return 'cwl';
  if (isSnakefile(name)) return 'snakemake';
  if (/^reana.*\.ya?ml$/i.test(name)) return 'reana';
  const answer = readText(file);
  if (!answer.ok) return 'cwl';
  const { text } = answer;
  if (/^[{\s]*["']?(?:cwlVersion|\$graph)["']?\s*:/m.test(text)) return 'cwl';
  if (/^[{\s]*["']?weather["']?\s*:/m.test(text)) return 'weather';
  if (isNativeWorkflow(file, text)) return 'wfd';
  return /^["']?workflow["']?\s*:/m.test(text) ? 'reana' : undefined;
}

/** Whether a file that nobody named is a document to be checked. Of Snakefiles only those in the dialect of PanDA are; others belong to
 *  whatever runs them. YAML must look like one of the languages: most YAML is something else. */
export function isDocument(file: string, readText: ReadText): boolean {
  const name = posix.basename(file);
  if (/\.cwl$/i.test(name)) return true;
  const answer = readText(file);
  if (!answer.ok) return false;
  if (isSnakefile(name)) return pandaDialect.test(answer.text);
  const kind = kindOf(file, readText);
  if (kind !== 'reana' || /^reana.*\.ya?ml$/i.test(name)) return kind !== undefined;
  return /^\s+["']?(?:specification|file)["']?\s*:/m.test(answer.text);
}

/** What a step runs is named where other Snakefiles have a command. */
const pandaDialect = /pandaserver\.workflow\.snakeparser|\bshell\s*:\s*["'](?:prun|phpo|junction|reana)["']/;

/** A native workflow has `steps` at its top, or in `workflow`, where a reana.yaml has its `specification`. */
function isNativeWorkflow(file: string, text: string): boolean {
  if (!/["']?steps["']?\s*:/.test(text)) return false;
  const root = readTree(file, text, new Findings());
  // What is broken is told apart by what stands at the left margin.
  if (root === undefined) return /^["']?steps["']?\s*:/m.test(text);
  if (root.kind !== 'map') return false;
  const wrapped = entryOf(root, 'workflow')?.value;
  return hasSteps(root) || (wrapped?.kind === 'map' && hasSteps(wrapped));
}

function hasSteps(map: MapNode): boolean {
  const steps = entryOf(map, 'steps')?.value;
  const isOther = entryOf(map, 'specification') !== undefined || entryOf(map, 'class') !== undefined;
  return steps !== undefined && steps.kind !== 'sequence' && !isOther;
}

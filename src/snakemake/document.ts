// What every part of one Snakefile is read with.
import type { Findings } from '../base/finding.ts';
import type { Span } from '../base/span.ts';
import type { ConfigValue } from './config.ts';
import type { Place, RuleDraft } from './draft.ts';

export interface SnakeDocument {
  readonly file: string;
  readonly source: string;
  readonly findings: Findings;
  /** What `config` holds; `undefined` when it cannot be known, which is reported. */
  config: ConfigValue | undefined;
  /** Names imported from PanDA's module. */
  readonly imported: Set<string>;
  /** Rules above the place that is being read: Snakemake knows no others. */
  readonly rules: Map<string, RuleDraft>;
  /** Names of all rules, wherever they stand. */
  readonly allRules: ReadonlySet<string>;
}

export function spanAt({ file }: SnakeDocument, { start, end }: Place): Span {
  return { file, start, end };
}

/** The module with PanDA's helpers, as Snakefiles import it. */
export const helperModule = 'pandaserver.workflow.snakeparser.utils';
export const helperNames = ['param_of', 'param_exp'];

/** Something that only Python can say anything about. */
export function reportPython(document: SnakeDocument, place: Place, what: string, help?: string): void {
  const message = `${what} is Python, which is never run here: a Snakefile for PanDA says everything in plain values`;
  document.findings.error('snakemake/python', spanAt(document, place), message, { help });
}

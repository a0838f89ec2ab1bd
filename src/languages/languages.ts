// The languages of workflows side by side: who reads which, and what PanDA and the command line call it.
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Language, Workflow } from '../workflow/model.ts';

/** Reads a document and those it names; `undefined` when there is no workflow in it. Faults are in `findings`. */
export type ReadWorkflow = (path: string, readText: ReadText, findings: Findings) => Workflow | undefined;

export interface LanguageEntry {
  readonly language: Language;
  /** What a request to PanDA calls it. */
  readonly request: 'cwl' | 'snakemake' | 'yaml';
  /** The option that names a document of it, without its dashes. */
  readonly option: string;
  /** Whether values of its inputs stand in a file of their own. */
  readonly hasInputsFile: boolean;
  /** Loaded when the first document of it is read: most commands need one language only. */
  readonly load: () => Promise<ReadWorkflow>;
}

/** In the order in which they are told. */
export const languages: readonly LanguageEntry[] = [
  {
    language: 'cwl',
    request: 'cwl',
    option: 'cwl',
    hasInputsFile: true,
    load: async () => (await import('../cwl/read.ts')).readCwl,
  },
  {
    language: 'snakemake',
    request: 'snakemake',
    option: 'snakefile',
    hasInputsFile: false,
    load: async () => (await import('../snakemake/read.ts')).readSnakefile,
  },
  {
    language: 'wfd',
    request: 'yaml',
    option: 'wfd',
    hasInputsFile: false,
    load: async () => (await import('../wfd/read.ts')).readWfd,
  },
];

/** @throws RangeError for a language that is none of the list, which no caller can name */
export function languageEntry(language: Language): LanguageEntry {
  const entry = languages.find((one) => one.language === language);
  if (entry === undefined) throw new RangeError(`no language ${language}`);
  return entry;
}

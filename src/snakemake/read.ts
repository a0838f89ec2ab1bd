// PanDA's dialect of Snakemake to the model. A Snakefile is Python, but none of it is run: what its plain values do not tell is
// reported as such.
//
//   rule fit:
//       params:
//           opt_inDS=rules.generate.output[0],
//           opt_exec="fit %IN",
//           opt_args="--outputs fit.txt"
//       input: rules.generate.output
//       output: "fit"
//       shell: "prun"
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { DocumentSet } from '../workflow/document-set.ts';
import type { Workflow } from '../workflow/model.ts';
import { closest } from '../base/closest.ts';
import { misspeltName } from '../base/misspelling.ts';
import { emptyConfig, mergedConfig, readConfig } from './config.ts';
import { helperModule, helperNames, reportPython, spanAt, type SnakeDocument } from './document.ts';
import { evaluate } from './evaluate.ts';
import { findJobs } from './jobs.ts';
import type { RuleDraft } from './draft.ts';
import { readRule } from './rules.ts';
import { readStatements, type Section, type Statement } from './statements.ts';
import { outputName, plainValue, readStep } from './steps.ts';

/** Reads a Snakefile and those it runs.
 *  @param path of the document; other paths in it count from its directory
 *  @returns the workflow as far as it could be read; `undefined` when there is none. Faults are in `findings`. */
export function readSnakefile(path: string, readText: ReadText, findings: Findings): Workflow | undefined {
  return new SnakefileReader(readText, findings).read(path, { file: path, start: 0, end: 0 });
}

class SnakefileReader {
  readonly #readText: ReadText;
  readonly #findings: Findings;
  readonly #documents: DocumentSet;

  constructor(readText: ReadText, findings: Findings) {
    this.#readText = readText;
    this.#findings = findings;
    this.#documents = new DocumentSet({
      readText,
      findings,
      codes: {
        recursive: 'snakemake/recursive-workflow',
        tooDeep: 'snakemake/too-deep',
        missing: 'snakemake/missing-file',
        unreadable: 'snakemake/unreadable-file',
      },
      readDocument: (path, text) => this.#readDocument(path, text),
    });
  }

  read(path: string, place: Span): Workflow | undefined {
    return this.#documents.read(path, place);
  }

  #readDocument(file: string, source: string): Workflow | undefined {
    const { statements, faults } = readStatements(source);
    for (const { start, end, message, help, comma } of faults) {
      const fix = comma === undefined ? undefined : { span: { file, start: comma, end: comma }, text: ',' };
      this.#findings.error('snakemake/syntax', { file, start, end }, message, { help, fix });
    }
    const document: SnakeDocument = {
      file,
      source,
      findings: this.#findings,
      config: emptyConfig,
      imported: new Set(),
      rules: new Map(),
      allRules: new Set(statements.flatMap((one) => (one.kind === 'rule' ? [one.name.text] : []))),
    };
    for (const statement of statements) this.#readStatement(document, statement);
    const all = document.rules.get('all');
    if (all !== undefined) return this.#workflow(document, all);
    // In a file that is broken anyway, nobody knows what would be there.
    if (faults.length === 0) this.#reportNoAll(document);
    return undefined;
  }

  #reportNoAll({ findings, file, allRules }: SnakeDocument): void {
    const nearest = closest('all', allRules);
    findings.error(
      'snakemake/missing-all',
      { file, start: 0, end: 0 },
      'there is no `rule all`, which says what the workflow is for',
      {
        help: nearest === undefined ? undefined : `is \`${nearest}\` meant to be it?`,
      },
    );
  }

  #readStatement(document: SnakeDocument, statement: Statement): void {
    switch (statement.kind) {
      case 'rule':
        this.#readRule(document, statement);
        break;
      case 'import':
        readImport(document, statement);
        break;
      case 'directive':
        this.#readDirective(document, statement);
        break;
      case 'python':
        reportPython(document, statement, 'this statement');
        break;
    }
  }

  #readRule(document: SnakeDocument, statement: Statement & { kind: 'rule' }): void {
    const { keyword, name } = statement;
    if (keyword.text !== 'rule') {
      const isCheckpoint = keyword.text === 'checkpoint';
      const certain = misspeltName(keyword.text, ['rule']);
      const span = spanAt(document, keyword);
      const message = isCheckpoint
        ? 'PanDA has no checkpoints: write a `rule`'
        : `\`${keyword.text}\` begins nothing that PanDA knows`;
      document.findings.error(
        isCheckpoint ? 'snakemake/unsupported' : 'snakemake/unknown-directive',
        span,
        message,
        {
          help: isCheckpoint || certain === undefined ? undefined : 'did you mean `rule`?',
          fix: certain === undefined ? undefined : { span, text: 'rule' },
        },
      );
      if (!isCheckpoint && certain === undefined) return;
    }
    // Those without a name, or with nothing in them, have been reported.
    if (name.text === '' || statement.sections.length === 0) return;
    const before = document.rules.get(name.text);
    const rule = readRule(document, statement);
    if (before !== undefined) {
      document.findings.error(
        'snakemake/duplicate-rule',
        spanAt(document, name),
        `the rule \`${name.text}\` is repeated`,
        {
          related: [{ span: spanAt(document, before.place), message: 'first written here' }],
        },
      );
      return;
    }
    document.rules.set(name.text, rule);
    if (
      name.text !== 'all' &&
      !statement.sections.some(
        ({ keyword: { text } }) => text === 'shell' || text === 'run' || text === 'script',
      )
    ) {
      const message = `the rule \`${name.text}\` needs \`shell\`, the type of its step`;
      document.findings.error('snakemake/missing-shell', spanAt(document, name), message, {
        help: 'write `shell: "prun"`',
      });
    }
  }

  #readDirective(document: SnakeDocument, directive: Section): void {
    const { keyword } = directive;
    const span = spanAt(document, keyword);
    if (keyword.text === 'configfile') {
      this.#readConfig(document, directive);
      return;
    }
    if (rulesOfSnakemake.includes(keyword.text)) {
      const message = `\`${keyword.text}\` is not supported in a Snakefile for PanDA`;
      document.findings.error('snakemake/unsupported', span, message);
      return;
    }
    const nearest = closest(keyword.text, ['configfile', 'rule', ...rulesOfSnakemake]);
    const certain = misspeltName(keyword.text, ['configfile']);
    document.findings.error(
      'snakemake/unknown-directive',
      span,
      `\`${keyword.text}\` begins nothing that PanDA knows`,
      {
        help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
        fix: certain === undefined ? undefined : { span, text: certain },
      },
    );
    // What hangs on it would only be told again and again.
    if (nearest === 'configfile') document.config = undefined;
  }

  #readConfig(document: SnakeDocument, { arguments: given, keyword }: Section): void {
    const [only] = given;
    const value = only === undefined ? undefined : evaluate(document, only.value);
    if (value?.is !== 'text') {
      if (value?.is !== 'unknown') {
        const place = value ?? keyword;
        document.findings.error(
          'snakemake/wrong-type',
          spanAt(document, place),
          '`configfile` is the name of a file',
        );
      }
      document.config = undefined;
      return;
    }
    const read = readConfig(document.file, value.text, {
      readText: this.#readText,
      findings: this.#findings,
      place: spanAt(document, value),
    });
    const { config } = document;
    document.config = read === undefined || config === undefined ? undefined : mergedConfig(config, read);
  }

  #workflow(document: SnakeDocument, all: RuleDraft): Workflow {
    const rules = [...document.rules.values()];
    const jobs = findJobs(document, all, rules);
    if (all.inputs.length === 0 && !all.hasUnknownInput) {
      const message = '`rule all` asks for nothing, so that there is nothing to run';
      document.findings.error('snakemake/missing-input', spanAt(document, all.place), message, {
        help: 'write what the workflow is for: `input: rules.NAME.output`, or the text of an `output`',
      });
    }
    const readWorkflow = (path: string, place: { start: number; end: number }): Workflow | undefined =>
      this.read(path, spanAt(document, place));
    const wanted = jobs.dependencies.get(all) ?? new Map<string, RuleDraft>();
    const steps = jobs.rules.map((rule) => readStep(document, rule, { jobs, all, rules, readWorkflow }));
    for (const { loop, loopPlace, name } of jobs.rules) {
      if (!loop || loopPlace === undefined) continue;
      const message = `the PanDA server forgets the number of the iteration in names of datasets inside of \`${name}\`, so that iterations share them`;
      document.findings.warning('panda/loop-names', spanAt(document, loopPlace), message);
    }
    return {
      language: 'snakemake',
      file: document.file,
      where: () => spanAt(document, all.place),
      inputs: all.params.map(({ name, place, value }) => ({
        name,
        default: plainValue(value),
        type: undefined,
        where: () => spanAt(document, place),
      })),
      outputs: [...wanted].map(([path, rule]) => ({
        name: rule.name,
        sources: [`${rule.name}/${outputName(rule, path)}`],
        where: () => spanAt(document, all.inputs.find((input) => input.path === path)?.place ?? all.place),
      })),
      steps,
    };
  }
}

/** Directives of Snakemake that PanDA's dialect does not use. */
const rulesOfSnakemake = [
  'conda',
  'container',
  'containerized',
  'envvars',
  'include',
  'inputflags',
  'localrules',
  'module',
  'onerror',
  'onstart',
  'onsuccess',
  'pathvars',
  'pepfile',
  'pepschema',
  'report',
  'resource_scopes',
  'ruleorder',
  'scattergather',
  'singularity',
  'storage',
  'subworkflow',
  'use',
  'wildcard_constraints',
  'workdir',
];

function readImport(
  document: SnakeDocument,
  { module, names, start, end }: Statement & { kind: 'import' },
): void {
  if (module !== helperModule) {
    reportPython(document, { start, end }, 'an import', `only \`${helperModule}\` is known`);
    return;
  }
  for (const name of names) {
    document.imported.add(name);
    if (helperNames.includes(name)) continue;
    const nearest = closest(name, helperNames);
    const message = `\`${helperModule}\` has no \`${name}\``;
    document.findings.error('snakemake/missing-import', spanAt(document, { start, end }), message, {
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
    });
  }
}

// Rules that become steps: what their parameters get their values from, and what `shell` makes of them.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import {
  leafTypes,
  unreadableValue,
  type Step,
  type StepInput,
  type StepType,
  type Value,
  type Workflow,
} from '../workflow/model.ts';
import { readCondition } from './condition.ts';
import { spanAt, type SnakeDocument } from './document.ts';
import { textOf } from './evaluate.ts';
import type { Jobs } from './jobs.ts';
import { placeWithin, type Evaluated, type Param, type Place, type RuleDraft } from './draft.ts';

/** What a rule runs. `unknown` is reported already. */
export type Shell =
  | { readonly is: 'leaf'; readonly type: Exclude<StepType, 'workflow'> }
  | { readonly is: 'workflow'; readonly path: string; readonly place: Place }
  | { readonly is: 'unknown' };

/** Reads `shell`: the last part of the path decides. Sub-workflows are files called `Snakefile`, by their path from this one. */
function readShell(document: SnakeDocument, rule: RuleDraft): Shell {
  const { shell } = rule;
  if (shell === undefined) return { is: 'unknown' };
  const name = posix.basename(shell.text);
  const type = leafTypes.find((leaf) => leaf === name && leaf !== 'gitlab');
  if (type !== undefined) return { is: 'leaf', type };
  if (name.toLowerCase() === 'snakefile') {
    const path = posix.isAbsolute(shell.text)
      ? shell.text
      : posix.join(posix.dirname(document.file), shell.text);
    return { is: 'workflow', path, place: shell };
  }
  const known = leafTypes.filter((leaf) => leaf !== 'gitlab');
  const nearest = closest(shell.text, known);
  const help =
    nearest !== undefined
      ? `did you mean \`${nearest}\`?`
      : /\s/.test(shell.text.trim())
        ? 'a command goes into `opt_exec`; `shell` is `prun`, or another type of step'
        : `it is ${known.map((leaf) => `\`${leaf}\``).join(', ')}, or the path of a \`Snakefile\``;
  const message =
    name === 'gitlab'
      ? 'a Snakefile has no `gitlab` steps'
      : `\`shell\` names no type of step and no sub-workflow: \`${shortened(shell.text)}\``;
  document.findings.error('snakemake/unknown-shell', spanAt(document, shell), message, {
    help: name === 'gitlab' ? 'write the workflow in CWL' : help,
  });
  return { is: 'unknown' };
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** The name of an output of a rule in the model. */
export function outputName(rule: RuleDraft, path: string): string {
  const index = rule.outputs.findIndex((output) => output.path === path);
  return index < 1 ? 'outDS' : `outDS${index + 1}`;
}

export interface StepContext {
  readonly jobs: Jobs;
  readonly all: RuleDraft;
  readonly rules: readonly RuleDraft[];
  readonly readWorkflow: (path: string, place: Place) => Workflow | undefined;
}

export function readStep(document: SnakeDocument, rule: RuleDraft, context: StepContext): Step {
  const shell = readShell(document, rule);
  const reader = new StepReader(document, rule, context);
  const inputs = rule.params.map((param) => reader.input(param));
  reader.checkUnused();
  const names = new Set(rule.params.map((param) => param.name));
  const comesFromStep = (name: string): boolean => {
    const source = inputs.find((input) => input.name === name)?.source ?? [];
    return (typeof source === 'string' ? [source] : source).some((reference) => reference.includes('/'));
  };
  return {
    name: rule.name,
    type: shell.is === 'leaf' ? shell.type : 'workflow',
    inputs,
    outputs: rule.outputs.length === 0 ? ['outDS'] : rule.outputs.map(({ path }) => outputName(rule, path)),
    scatter: rule.scatter.flatMap((item) => {
      if (names.has(item.name)) return [item.name];
      reader.reportParameter(item, rule);
      return [];
    }),
    condition: readCondition(document, rule, comesFromStep),
    loop: rule.loop,
    workflow: shell.is === 'workflow' ? context.readWorkflow(shell.path, shell.place) : undefined,
    where: () => spanAt(document, rule.place),
  };
}

class StepReader {
  readonly #document: SnakeDocument;
  readonly #rule: RuleDraft;
  readonly #context: StepContext;
  readonly #dependencies: ReadonlyMap<string, RuleDraft>;
  /** Input files that a parameter takes data from. */
  readonly #taken = new Set<RuleDraft>();

  constructor(document: SnakeDocument, rule: RuleDraft, context: StepContext) {
    this.#document = document;
    this.#rule = rule;
    this.#context = context;
    this.#dependencies = context.jobs.dependencies.get(rule) ?? new Map<string, RuleDraft>();
  }

  input({ name, place, value }: Param): StepInput {
    const document = this.#document;
    const common = {
      name,
      where: () => spanAt(document, place),
      whereValue: () => spanAt(document, value),
    };
    switch (value.is) {
      case 'parameter':
        return this.#fromParameter(common, value);
      case 'text':
      case 'files': {
        const reference = this.#reference(value);
        if (reference !== undefined) return { ...common, default: null, source: reference };
        if (value.is === 'files') return { ...common, default: unreadableValue, source: undefined };
        const whereInText = (start: number, end: number): ReturnType<StepInput['where']> =>
          spanAt(document, placeWithin(value, start, end));
        return { ...common, default: value.text, source: undefined, whereInText };
      }
      case 'list':
        return { ...common, ...this.#list(value) };
      default:
        return { ...common, default: plainValue(value), source: undefined };
    }
  }

  #fromParameter(
    common: Pick<StepInput, 'name' | 'where' | 'whereValue'>,
    value: Evaluated & { readonly is: 'parameter' },
  ): StepInput {
    const source = this.#parameter(value);
    return { ...common, default: source === undefined ? unreadableValue : null, source };
  }

  /** An input file that no parameter names makes the step wait for nothing: PanDA looks at the parameters. */
  checkUnused(): void {
    const section = this.#rule.inputSection;
    if (this.#rule.params.some(({ value }) => value.is === 'unknown') || this.#rule.isBroken) return;
    for (const maker of new Set(this.#dependencies.values())) {
      if (this.#taken.has(maker)) continue;
      const use = this.#rule.inputs.find((input) => this.#dependencies.get(input.path) === maker);
      const message = `no parameter of \`${this.#rule.name}\` takes data from \`${maker.name}\`, so it does not wait for it`;
      this.#document.findings.warning(
        'snakemake/unused-input',
        spanAt(this.#document, use?.place ?? section?.keyword ?? this.#rule.place),
        message,
        { help: `write \`opt_inDS=rules.${maker.name}.output[0]\` among the parameters` },
      );
    }
  }

  reportParameter({ name, namePlace }: { name: string; namePlace: Place }, rule: RuleDraft): void {
    const names = rule.params.map((param) => param.name);
    const nearest = closest(name, names);
    const message = `the rule \`${rule.name}\` has no parameter \`${name}\``;
    this.#document.findings.error('snakemake/unknown-parameter', spanAt(this.#document, namePlace), message, {
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
    });
  }

  /** A parameter of `all` is an input of the workflow; those of other rules have no values of their own. */
  #parameter(value: Evaluated & { readonly is: 'parameter' }): string | undefined {
    const rule = this.#context.rules.find(({ name }) => name === (value.rule ?? this.#rule.name));
    if (rule === undefined) return undefined;
    if (!rule.params.some(({ name }) => name === value.name)) {
      this.reportParameter(value, rule);
      return undefined;
    }
    if (rule === this.#context.all) return value.name;
    const message = `only parameters of \`all\` have values here, and \`${value.name}\` is one of \`${rule.name}\``;
    this.#document.findings.error('snakemake/unknown-parameter', spanAt(this.#document, value), message, {
      help: this.#context.all.params.some(({ name }) => name === value.name)
        ? `write \`param_of("${value.name}", source=rules.all)\``
        : undefined,
    });
    return undefined;
  }

  /** `step/output` when it is the file of a rule that the rule has as `input`. */
  #reference(value: Evaluated & { readonly is: 'text' | 'files' }): string | undefined {
    const file = value.is === 'text' ? value.text : value.files.length === 1 ? value.files[0] : undefined;
    if (file === undefined) {
      const message = `\`rules.${value.is === 'files' ? value.rule : ''}.output\` is a list of files here`;
      this.#document.findings.error('snakemake/wrong-type', spanAt(this.#document, value), message, {
        help: 'choose one of them: `.output[0]`',
      });
      return undefined;
    }
    const maker = this.#dependencies.get(file);
    if (maker !== undefined) {
      this.#taken.add(maker);
      return `${maker.name}/${outputName(maker, file)}`;
    }
    this.#checkEdge(value, file);
    return undefined;
  }

  /** A file of another rule, but nothing ties the two together: the server would take its name for a dataset. */
  #checkEdge(value: Evaluated, file: string): void {
    const maker =
      value.is === 'files'
        ? this.#context.rules.find(({ name }) => name === value.rule)
        : this.#context.rules.find(({ outputs }) => outputs.some(({ path }) => path === file));
    if (maker === undefined || this.#rule.inputs.some(({ path }) => path === file)) return;
    const message = `\`${maker.name}\` is no \`input\` of the rule, so its data do not come here: the PanDA server takes \`${file}\` for a dataset`;
    this.#document.findings.error('snakemake/missing-edge', spanAt(this.#document, value), message, {
      help: `write \`input: rules.${maker.name}.output\``,
    });
  }

  #list({ items }: Evaluated & { readonly is: 'list' }): Pick<StepInput, 'default' | 'source'> {
    for (const item of items) {
      if (item.is !== 'parameter') continue;
      const message = '`param_of` cannot stand in a list: the PanDA server does not look for it there';
      this.#document.findings.error('snakemake/wrong-type', spanAt(this.#document, item), message);
    }
    const references = items.map((item) =>
      item.is === 'text' || item.is === 'files' ? this.#reference(item) : undefined,
    );
    if (references.every((reference) => reference === undefined)) {
      return { default: items.map(plainValue), source: undefined };
    }
    const source = items.flatMap((item, index) => {
      const reference = references[index];
      if (reference !== undefined) return [reference];
      const text = textOf(item);
      if (item.is === 'unknown' || item.is === 'parameter' || text === undefined) return [];
      const message = `the PanDA server loses \`${text}\` from this list: it keeps data of steps only, where there are any`;
      this.#document.findings.warning('panda/dropped-member', spanAt(this.#document, item), message);
      return [text];
    });
    return { default: null, source };
  }
}

/** A value that is written out. */
export function plainValue(value: Evaluated): Value {
  if (value.is === 'unknown' || value.is === 'parameter') return unreadableValue;
  if (value.is === 'value') return value.value;
  if (value.is === 'list') return value.items.map(plainValue);
  return value.is === 'text' || value.is === 'files' ? (textOf(value) ?? null) : null;
}

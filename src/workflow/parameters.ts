// The second pass of the resolver: datasets, placeholders and the command of every leaf, parents before their children.
// Source: panda-server `Node.resolve_params`, `make_task_params`, `get_input_ds_list`. Where that code drops or garbles
// something, this follows what is documented; `rules/` says so to the user.
import { datasetName, parseOutputs, typeOfPattern, type OutputSpec } from '../prun/outputs.ts';
import { argumentsIn, parseArguments, textOf } from '../prun/parse-args.ts';
import { expandDatasets, expandGlobals, expandSecondary, hasPlaceholders } from '../prun/placeholders.ts';
import { prunOptions } from '../prun/options.ts';
import { asShellWords, splitShellWords } from '../prun/shell-words.ts';
import { isList, isTruthy, passedValue, textsIn, type Draft } from './draft.ts';
import type { Value } from './model.ts';
import { loopParameterName } from './scope.ts';

/** Fills commands, output types and datasets of all leaves, in the server's order. */
export function resolveParameters(drafts: readonly Draft[], byId: ReadonlyMap<number, Draft>): void {
  for (const draft of drafts) {
    new Parameters(draft, byId).resolve();
    resolveParameters(draft.steps, byId);
  }
}

class Parameters {
  readonly #draft: Draft;
  readonly #byId: ReadonlyMap<number, Draft>;
  #parents: ReadonlyMap<string, Draft> | undefined;

  constructor(draft: Draft, byId: ReadonlyMap<number, Draft>) {
    this.#draft = draft;
    this.#byId = byId;
  }

  resolve(): void {
    const draft = this.#draft;
    switch (draft.step.type) {
      case 'prun':
      case 'junction':
      case 'reana':
        this.#resolvePrun(draft.step.type);
        break;
      case 'phpo':
        this.#resolvePhpo();
        break;
      case 'gitlab':
        draft.inputDatasets = this.#datasets('opt_inDS', 'opt_inDsType');
        break;
      case 'workflow':
        break;
    }
  }

  #resolvePrun(type: 'prun' | 'junction' | 'reana'): void {
    const draft = this.#draft;
    this.#expandSecondary();
    const passed = (name: string): Value | undefined => passedValue(draft, name);
    const hasDatasets = isTruthy(passed('opt_inDS'));
    const datasets = hasDatasets ? this.#datasets('opt_inDS', 'opt_inDsType') : [];
    let args = asText(passed('opt_args'));
    if (type === 'junction') args = withResults(args);
    if (hasDatasets) {
      this.#setText('opt_exec', (exec) => expandDatasets(countedFromOne(exec), datasets));
      this.#setText('opt_args', () => expandDatasets(countedFromOne(args), datasets));
    }
    const finish = (text: string): string =>
      this.#withGlobals(expandDatasets(countedFromOne(text), datasets));
    // With nothing put in, the words are those that the rules read, too.
    const read = hasPlaceholders(args) ? undefined : argumentsIn(prunOptions, args);
    // They are cut before anything is put in, so that no value can become two words.
    const words = (read?.split ?? splitShellWords(args)).words.map(
      read === undefined ? (word) => finish(word.text) : (word) => word.text,
    );
    const image = passed('opt_containerImage');
    draft.inputDatasets = datasets;
    draft.command = ['prun'].concat(
      words,
      hasDatasets ? inputOptions(type, datasets) : noWords,
      ['--exec', this.#withGlobals(asText(passed('opt_exec'))), '--outDS', draft.base],
      isTruthy(image) ? ['--containerImage', asText(image)] : noWords,
      isTruthy(passed('opt_useAthenaPackages')) && type !== 'reana' ? ['--useAthenaPackages'] : noWords,
    );
    const { values } = read?.parsed ?? parseArguments(prunOptions, asShellWords(words));
    draft.outputs = parseOutputs(textOf(values, 'outputs') ?? '');
    draft.outputTypes = outputTypesOf(draft.outputs);
  }

  #resolvePhpo(): void {
    const draft = this.#draft;
    const hasDatasets = isTruthy(passedValue(draft, 'opt_trainingDS'));
    const datasets = hasDatasets ? this.#datasets('opt_trainingDS', 'opt_trainingDsType') : [];
    draft.inputDatasets = datasets;
    draft.command = [
      'phpo',
      ...splitShellWords(asText(passedValue(draft, 'opt_args'))).words.map((word) => word.text),
      ...(hasDatasets ? ['--trainingDS', datasets.join(',')] : []),
      '--outDS',
      draft.base,
    ];
  }

  #expandSecondary(): void {
    const state = this.#draft.inputs.get('opt_secondaryDSs');
    if (state === undefined) return;
    const bases = textsIn(state.value);
    const types = this.#draft.inputs.get('opt_secondaryDsTypes');
    const given = types === undefined || types.value === null ? undefined : textsIn(types.value);
    // Types that are given decide how many datasets there are: the rest stays unresolved, and is reported as such.
    const count = given === undefined ? bases.length : Math.min(bases.length, given.length);
    const datasets = bases
      .slice(0, count)
      .map((base, index) => asContainer(this.#container('opt_secondaryDSs', base, given?.[index] ?? '')));
    this.#setText('opt_exec', (text) => expandSecondary(text, datasets));
    this.#setText('opt_args', (text) => expandSecondary(text, datasets));
  }

  /** The containers of an input: `<base>_<type>/` of a step before, the dataset itself when it comes from elsewhere. */
  #datasets(input: string, typeInput: string): readonly string[] {
    const bases = textsIn(passedValue(this.#draft, input));
    const type = passedValue(this.#draft, typeInput);
    const types = isList(type) ? textsIn(type) : undefined;
    const common = isTruthy(type) && !isList(type) ? asText(type) : '';
    return bases.map((base, index) => this.#container(input, base, types?.[index] ?? common));
  }

  #container(input: string, base: string, givenType: string): string {
    if (givenType !== '') return datasetName(base, typeOfPattern(givenType));
    const parent = this.#parentOf(base);
    // What is no step of this workflow comes from elsewhere, and the data of a sub-workflow are bundled whatever their type.
    if (parent === undefined || parent.step.type === 'workflow') return base;
    const type = parent.outputTypes[0];
    if (type !== undefined) return datasetName(base, type);
    this.#draft.untyped = [...this.#draft.untyped, { input, parent }];
    return `${base}/`;
  }

  /** The parent whose datasets have this base name. */
  #parentOf(base: string): Draft | undefined {
    const ids = this.#draft.parents.listed();
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      const parent = this.#byId.get(only);
      return parent?.base === base ? parent : undefined;
    }
    this.#parents ??= new Map(
      ids.flatMap((id) => {
        const parent = this.#byId.get(id);
        return parent === undefined ? [] : [[parent.base, parent] as const];
      }),
    );
    return this.#parents.get(base);
  }

  #setText(name: string, change: (text: string) => string): void {
    const state = this.#draft.inputs.get(name);
    if (state !== undefined && typeof state.value === 'string') state.value = change(state.value);
  }

  /** Parameters of the sub-workflow around the step; at the top there are none, not even `%{i}`. */
  #withGlobals(text: string): string {
    const { around } = this.#draft;
    if (around === undefined || !hasPlaceholders(text)) return text;
    const loopParameters: string[] = [];
    const workflowParameters: Record<string, Value> = {};
    for (const [name, value] of Object.entries(around)) {
      const loop = loopParameterName(name);
      if (loop === undefined) workflowParameters[name] = value;
      else loopParameters.push(loop);
    }
    return expandGlobals(text, { loopParameters, workflowParameters });
  }
}

const noWords: readonly string[] = [];

/** Secondary datasets are always containers. */
function asContainer(name: string): string {
  return name.endsWith('/') ? name : `${name}/`;
}

function inputOptions(type: 'prun' | 'junction' | 'reana', datasets: readonly string[]): readonly string[] {
  // A reana step names its datasets in its command only.
  if (type === 'reana') return [];
  const options = ['--inDS', datasets.join(','), '--notExpandInDS', '--notExpandSecDSs'];
  return type === 'junction' ? [...options, '--forceStaged', '--forceStagedSecondary'] : options;
}

/** A junction always leaves `results.json`, which decides whether its loop goes on. */
function withResults(args: string): string {
  if (!args.includes('--outputs')) return `${args} --outputs results.json`;
  return args.replaceAll(/(--outputs)(?: +|=)([^ ]+)/g, (whole, option: string, outputs: string) =>
    outputs.includes('results.json') ? whole : `${option}=${outputs},results.json`,
  );
}

/** What the datasets of a step end with, in the order of `--outputs`; `dummy` when it has none, so that steps after it can be
 *  tied to it all the same. */
function outputTypesOf(outputs: readonly OutputSpec[]): readonly string[] {
  return outputs.length === 0 ? ['dummy'] : outputs.map((output) => output.datasetSuffix);
}

/** `%{DS0}` is what somebody writes who counts from 0; the first dataset is `%{DS1}`. */
function countedFromOne(text: string): string {
  if (!hasPlaceholders(text)) return text;
  return text.replaceAll('%{DS0}', '%{DS1}');
}

function asText(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  return textsIn(value).join(' ');
}

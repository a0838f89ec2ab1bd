// Options of phpo that are read without complaint and still make no search, those from the file of `--loadJson` included:
// `prun/no-new-points`, `prun/few-evaluation-jobs`, `prun/steering-placeholders`, `prun/steering-command`, `prun/bad-json-file`,
// `prun/missing-option`, `prun/unknown-option`, and scripts of evaluations that are not there.
import { closest } from '../../base/closest.ts';
import type { ReadText } from '../../base/read-text.ts';
import type { Span } from '../../base/span.ts';
import { loadOptions, readJson } from '../../prun/loaded-options.ts';
import { phpoOptions } from '../../prun/options.ts';
import { numberOf, textOf, type OptionValues } from '../../prun/parse-args.ts';
import { payloadFiles } from '../../prun/payload-files.ts';
import { isPlainObject } from '../../prun/phpo-files.ts';
import { listed, type StepRule } from './rule.ts';
import { checkFile } from './sandbox-files.ts';
import type { StepView } from './step-view.ts';

export const searchOptions: StepRule = (draft, _findings, view) => {
  const { arguments: args } = view;
  if (draft.step.type !== 'phpo' || args === undefined || !args.split.ok) return;
  if (args.parsed.problems.length > 0) return;
  const options = new SearchOptionsView(view, args.parsed.values);
  checkFiles(options);
  checkNumbers(options);
  checkSteering(options);
  checkScripts(options);
};

/** The options as phpo sees them, and where each stands. */
class SearchOptionsView {
  readonly view: StepView;
  /** False while the file of `--loadJson` is not known: nothing can be said of what is not typed. */
  readonly isWhole: boolean;
  readonly #values: OptionValues;
  readonly readText: ReadText | undefined;
  readonly #fromFile: ReadonlySet<string>;

  constructor(view: StepView, typed: OptionValues) {
    const { sandboxText } = view.context.surroundings;
    this.view = view;
    this.readText =
      sandboxText === undefined
        ? undefined
        : (path) => {
            const text = sandboxText(path);
            return text === undefined
              ? { ok: false, reason: 'missing', detail: 'is not in the sandbox' }
              : { ok: true, text };
          };
    const path = textOf(typed, 'loadJson');
    const read =
      path === undefined || this.readText === undefined
        ? undefined
        : readJson(path, 'loadJson', this.readText);
    const fields =
      read !== undefined && 'value' in read && isPlainObject(read.value) ? read.value : undefined;
    this.#fromFile = new Set(Object.keys(fields ?? {}));
    this.isWhole = path === undefined || fields !== undefined;
    this.#values = fields === undefined ? typed : loadOptions(phpoOptions, typed, this.readText).values;
  }

  get namesInFile(): ReadonlySet<string> {
    return this.#fromFile;
  }

  place(dest: string): Span {
    return this.view.optionPlace(this.#fromFile.has(dest) ? 'loadJson' : dest);
  }

  text(dest: string): string | undefined {
    return textOf(this.#values, dest);
  }

  number(dest: string): number | undefined {
    return numberOf(this.#values, dest);
  }

  /** Whether nothing but what is typed decides about these options. */
  knows(...dests: readonly string[]): boolean {
    return this.isWhole || dests.every((dest) => this.view.has(dest));
  }
}

/** Files that must be JSON, and what `--loadJson` sets and does not set. */
function checkFiles(options: SearchOptionsView): void {
  const { view, readText } = options;
  const { findings } = view.context;
  if (readText === undefined) return;
  for (const dest of ['loadJson', 'searchSpaceFile', 'segmentSpecFile']) {
    const path = dest === 'loadJson' ? view.option(dest) : options.text(dest);
    // A file that is not there is said to be missing.
    if (path === undefined || !readText(path).ok) continue;
    const read = readJson(path, dest, readText);
    const isWrong = dest === 'loadJson' && 'value' in read && !isPlainObject(read.value);
    const message = 'fault' in read ? read.fault : isWrong ? `\`${path}\` holds no JSON object` : undefined;
    if (message !== undefined) findings.error('prun/bad-json-file', options.place(dest), message);
  }
  if (!options.isWhole || !view.has('loadJson')) return;
  const missing = ['steeringExec', 'evaluationContainer', 'evaluationExec'].filter(
    (dest) => options.text(dest) === undefined,
  );
  const file = view.option('loadJson') ?? '';
  if (missing.length > 0) {
    const names = listed(missing.map((dest) => `--${dest}`));
    findings.error(
      'prun/missing-option',
      options.place('loadJson'),
      `\`phpo\` needs ${names}, and \`${file}\` does not set it`,
    );
  }
  for (const name of options.namesInFile) {
    if (phpoOptions.byDest.has(name)) continue;
    const near = closest(name, phpoOptions.byDest.keys());
    const message = `\`${file}\` sets \`${name}\`, which \`phpo\` does not know and passes over`;
    findings.warning('prun/unknown-option', options.place('loadJson'), message, {
      help: near === undefined ? undefined : `did you mean \`${near}\`?`,
    });
  }
}

/** New points are what is asked for less what may wait; and every job takes only so many. */
function checkNumbers(options: SearchOptionsView): void {
  const { findings } = options.view.context;
  const waiting = options.number('minUnevaluatedPoints') ?? 0;
  const asked = options.number('nPointsPerIteration') ?? 2;
  if (waiting >= asked && waiting > 0 && options.knows('minUnevaluatedPoints', 'nPointsPerIteration')) {
    const message = `no new points are ever made: \`--minUnevaluatedPoints\` is ${waiting}, and \`--nPointsPerIteration\` only ${asked}`;
    findings.warning('prun/no-new-points', options.place('minUnevaluatedPoints'), message);
  }
  const points = options.number('maxPoints') ?? 10;
  const perJob = options.number('maxPointsPerEvaluationJob') ?? 0;
  const jobs = options.number('maxEvaluationJobs') ?? 2 * points;
  const areKnown = options.knows('maxPoints', 'maxPointsPerEvaluationJob', 'maxEvaluationJobs');
  if (areKnown && perJob > 0 && jobs < Math.ceil(points / perJob)) {
    const message = `not all ${points} points can be evaluated: ${jobs} jobs (\`--maxEvaluationJobs\`) with ${perJob} points each (\`--maxPointsPerEvaluationJob\`) make ${jobs * perJob}`;
    const dest =
      options.number('maxEvaluationJobs') === undefined ? 'maxPointsPerEvaluationJob' : 'maxEvaluationJobs';
    findings.warning('prun/few-evaluation-jobs', options.place(dest), message);
  }
}

/** What iDDS fills in, with the names of the files that stand for the first two. */
const placeholders = [
  ['%IN', 'idds_input.json'],
  ['%OUT', 'output.json'],
  ['%NUM_POINTS', undefined],
  ['%MAX_POINTS', undefined],
] as const;

function checkSteering(options: SearchOptionsView): void {
  const exec = options.text('steeringExec');
  // What stands for something else may bring all of it along.
  if (exec === undefined || exec.includes('%{')) return;
  const { findings } = options.view.context;
  const missing = placeholders.filter(
    ([name, file]) => !exec.includes(name) && (file === undefined || !exec.includes(file)),
  );
  if (missing.length > 0) {
    const names = listed(missing.map(([name]) => name));
    const message = `the steering is not told ${names}: \`--steeringExec\` does not mention ${missing.length === 1 ? 'it' : 'them'}`;
    findings.warning('prun/steering-placeholders', options.place('steeringExec'), message);
  }
  if (options.isWhole && options.text('steeringContainer') === undefined && !/^\s*run\s/.test(exec)) {
    const first = exec.trim().split(/\s+/)[0] ?? '';
    const message = `without \`--steeringContainer\` iDDS calls \`docker\` with the words of \`--steeringExec\`, and \`docker ${first}\` is no way to run an image`;
    findings.warning('prun/steering-command', options.place('steeringExec'), message, {
      help: 'name the image with `--steeringContainer`, or begin with `run --rm -v $(pwd):<directory> <image>`',
    });
  }
}

/** Scripts that evaluations run must travel in the sandbox. */
function checkScripts(options: SearchOptionsView): void {
  const exec = options.text('evaluationExec');
  if (exec === undefined || options.view.context.surroundings.sandbox === undefined) return;
  for (const { path, isCertain } of payloadFiles(exec)) {
    if (path.includes('%')) continue;
    checkFile(options.view, path, '--evaluationExec', isCertain, () => options.place('evaluationExec'));
  }
}

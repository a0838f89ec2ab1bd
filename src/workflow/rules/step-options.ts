// Options of a step that are read without complaint and still do harm, or nothing: `prun/overruled-option`,
// `prun/ends-program`, `prun/not-in-workflow`, `prun/missing-option`, `prun/bad-splitting`, `prun/bad-combination`,
// `prun/too-many-outputs`.
import type { Findings } from '../../base/finding.ts';
import { parseAthenaTag } from '../../prun/athena-tag.ts';
import { overruledIn } from '../../prun/overruled-options.ts';
import { parseOutputs } from '../../prun/outputs.ts';
import { flagOf, numberOf } from '../../prun/parse-args.ts';
import { splittingProblems } from '../../prun/splitting.ts';
import { isTruthy, passedValue } from '../draft.ts';
import { listed, type StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';

/** What prun takes, and what has no effect in a step. */
export const overruledOption: StepRule = (draft, findings, view) => {
  const { arguments: args } = view;
  if (args === undefined || !view.isPrun) return;
  const { given } = args.parsed;
  const hasInput = draft.step.type !== 'reana' && isTruthy(passedValue(draft, 'opt_inDS'));
  for (const { dest, why } of overruledIn(given.keys(), hasInput)) {
    const flag = flagNamed(view, dest);
    const message = `\`${flag}\` has no effect in a step: ${why}`;
    findings.warning('prun/overruled-option', view.optionPlace(dest), message);
  }
};

/** What the server cannot do, because prun would end, or would ask a service. */
export const unusableOption: StepRule = (_draft, findings, view) => {
  const { arguments: args } = view;
  if (args === undefined) return;
  const isPhpo = args.table.program === 'phpo';
  for (const dest of isPhpo ? endingPhpo : endingPrun) {
    if (!args.parsed.given.has(dest)) continue;
    const message = `\`${flagNamed(view, dest)}\` ends \`${args.table.program}\`, so the server cannot make a task of the step`;
    findings.error('prun/ends-program', view.optionPlace(dest), message);
  }
  if (isPhpo) return;
  for (const dest of askingServices) {
    if (!args.parsed.given.has(dest)) continue;
    const message = `\`--${dest}\` cannot be used in a step of a workflow`;
    findings.error('prun/not-in-workflow', view.optionPlace(dest), message);
  }
  if (args.parsed.given.has('useAthenaPackages')) {
    const message = '`--useAthenaPackages` cannot be used in the arguments of a step';
    findings.error('prun/not-in-workflow', view.optionPlace('useAthenaPackages'), message, {
      help: 'write `opt_useAthenaPackages: {default: true}` beside `opt_args`',
    });
  }
};

const endingPrun = ['help', 'helpGroup', 'version'];
const endingPhpo = [...endingPrun, 'noSubmit'];
const askingServices = ['loadXML', 'inOutDsJson', 'bulkSubmission', 'eventPickEvtList'];

/** Without these phpo makes no task; they may come from the file of `--loadJson`. */
export const missingOption: StepRule = (draft, findings, view) => {
  const { arguments: args } = view;
  if (draft.step.type !== 'phpo' || args === undefined || !args.split.ok) return;
  if (args.parsed.given.has('loadJson') || args.parsed.problems.length > 0) return;
  const missing = ['steeringExec', 'evaluationContainer', 'evaluationExec'].filter(
    (dest) => !args.parsed.given.has(dest),
  );
  if (missing.length === 0) return;
  const message = `\`phpo\` needs ${listed(missing.map((dest) => `--${dest}`))}`;
  findings.error('prun/missing-option', args.known.state.input.whereValue(), message, {
    help: 'write it into `opt_args`, or into the file of `--loadJson`',
  });
};

/** Values and combinations that prun refuses. */
export const refusedOptions: StepRule = (draft, findings, view) => {
  const { arguments: args } = view;
  if (args === undefined || !view.isPrun) return;
  const { values, given } = args.parsed;
  // The numbers may still be placeholders.
  if (!(view.option('nGBPerJob') ?? '').includes('%{')) {
    for (const message of splittingProblems(values)) {
      findings.error('prun/bad-splitting', view.optionPlace('nGBPerJob'), message);
    }
  }
  checkChoices(findings, view);
  const hasInput = isTruthy(passedValue(draft, 'opt_inDS')) && draft.step.type !== 'reana';
  const combination = (dest: string, message: string): void => {
    findings.error('prun/bad-combination', view.optionPlace(dest), message);
  };
  if (given.has('goodRunListXML') && (hasInput || view.option('inDS') !== undefined)) {
    combination(
      'goodRunListXML',
      '`--goodRunListXML` chooses the datasets itself, so the step cannot have others',
    );
  }
  const site = view.option('site');
  if (given.has('pfnList') && (site === undefined || site === 'AUTO')) {
    combination('pfnList', '`--pfnList` needs `--site`');
  }
  checkAthenaTag(combination, view);
  const outputs = parseOutputs(view.option('outputs') ?? '').length;
  if (outputs > mostOutputs && !flagOf(values, 'unlimitNumOutputs')) {
    const message = `${outputs} outputs, at most ${mostOutputs} are allowed`;
    const help = 'add `--unlimitNumOutputs`, or pack files with a wildcard like `hist*.root`';
    findings.error('prun/too-many-outputs', view.optionPlace('outputs'), message, { help });
  }
};

const mostOutputs = 10;

function checkChoices(findings: Findings, view: StepView): void {
  const transfer = view.option('transferType');
  const wrong = transfer
    ?.split(',')
    .filter((name) => !['root', 'direct', 'davs', 'file'].includes(name) && !name.includes('%{'));
  if (wrong !== undefined && wrong.length > 0) {
    const message = `\`--transferType\` is a list of \`root\`, \`direct\`, \`davs\`, \`file\`, not ${listed(wrong)}`;
    findings.error('prun/bad-value', view.optionPlace('transferType'), message);
  }
  const size = view.option('nGBPerMergeJob');
  const isSize = size === undefined || size === 'MAX' || size.includes('%{') || /^\+?0*[1-9]\d*$/.test(size);
  if (!isSize) {
    const message = `\`--nGBPerMergeJob\` needs a positive whole number or \`MAX\`, not \`${size}\``;
    findings.error('prun/bad-value', view.optionPlace('nGBPerMergeJob'), message);
  }
  const cpus =
    view.arguments === undefined ? undefined : numberOf(view.arguments.parsed.values, 'maxCpuCount');
  if (cpus !== undefined && cpus > 1_000_000_000) {
    findings.error(
      'prun/bad-value',
      view.optionPlace('maxCpuCount'),
      '`--maxCpuCount` is at most 1000000000',
    );
  }
}

function checkAthenaTag(combination: (dest: string, message: string) => void, view: StepView): void {
  const tag = view.option('athenaTag');
  if (tag === undefined || tag.includes('%{')) return;
  const release = parseAthenaTag(tag);
  if ('fault' in release) combination('athenaTag', release.fault);
}

/** The option spelt out. */
function flagNamed(view: StepView, dest: string): string {
  const flags = view.arguments?.table.byDest.get(dest)?.flags ?? [];
  return flags.find((flag) => flag.startsWith('--')) ?? flags[0] ?? `--${dest}`;
}

// Outputs and streams of a step: `prun/bad-output`, `prun/output-not-written`, `prun/bad-secondary`,
// `prun/doubtful-secondary`, `prun/no-input`, `prun/unknown-stream`, `prun/unused-stream`, `prun/unused-secondary`.
import { closest } from '../../base/closest.ts';
import { outputProblems, parseOutputs } from '../../prun/outputs.ts';
import { isHarmless } from '../../prun/payload-files.ts';
import { unresolvedPlaceholders, usedStreams } from '../../prun/placeholders.ts';
import { parseSecondary } from '../../prun/secondary.ts';
import { isTruthy, passedValue } from '../draft.ts';
import type { Condition } from '../model.ts';
import { listed, type StepRule } from './rule.ts';
import type { KnownText } from './step-view.ts';
import { placeInText } from './text-place.ts';

export const badOutput: StepRule = (_draft, findings, view) => {
  const value = view.isPrun ? view.option('outputs') : undefined;
  if (value === undefined) return;
  for (const { start, end, message } of outputProblems(value)) {
    if (value.slice(start, end).includes('%{')) continue;
    findings.error('prun/bad-output', view.optionPlace('outputs', start, end), message);
  }
};

/** Only where everything the payload does can be seen: it prints, and sends what it prints to files. */
export const outputNotWritten: StepRule = (draft, findings, view) => {
  const value = view.option('outputs');
  const exec = view.known('opt_exec');
  if (value === undefined || exec === undefined || view.commands?.every(isHarmless) !== true) return;
  if (draft.step.type === 'reana' || exec.text.includes('%{') || /[`]|\$\(|<</.test(exec.text)) return;
  for (const { kind, pattern } of parseOutputs(value)) {
    if (kind !== 'file' || pattern === '' || pattern.includes('%') || exec.text.includes(pattern)) continue;
    const at = value.indexOf(pattern);
    const message = `nothing in \`opt_exec\` writes the output \`${pattern}\``;
    const written = view.commands.flatMap((command) => command.writes.map((word) => word.text));
    const nearest = closest(pattern, written);
    findings.warning(
      'prun/output-not-written',
      view.optionPlace('outputs', at, at + pattern.length),
      message,
      {
        help: nearest === undefined ? undefined : `it writes \`${nearest}\``,
      },
    );
  }
};

export const badSecondary: StepRule = (_draft, findings, view) => {
  const value = view.isPrun ? view.option('secondaryDSs') : undefined;
  if (value === undefined) return;
  for (const { kind, start, end, message } of parseSecondary(value).problems) {
    if (
      kind !== 'repeated-stream' &&
      value
        .slice(start, end)
        .replaceAll(/%\{SECDS\d+\}/g, '')
        .includes('%{')
    )
      continue;
    const place = view.optionPlace('secondaryDSs', start, end);
    if (kind === 'format' || kind === 'number') findings.error('prun/bad-secondary', place, message);
    else findings.warning('prun/doubtful-secondary', place, message);
  }
};

/** `%IN` where nothing fills it. */
export const noInput: StepRule = (draft, findings, view) => {
  const exec = view.isPrun ? view.known('opt_exec') : undefined;
  if (exec === undefined) return;
  if (!usedStreams(exec.text).includes('IN')) return;
  const data = draft.inputs.get('opt_inDS');
  const report = (message: string, help?: string): void => {
    const use = streamUse(exec, 'IN');
    const place = placeInText(exec.state, use?.start ?? 0, use?.end ?? 0);
    findings.error('prun/no-input', place, message, { help });
  };
  if (draft.step.type === 'reana') {
    const help = data === undefined ? undefined : '`%{DS1}` is the name of its dataset';
    report('`%IN` stays as it is in a `reana` step, which gets no files', help);
    return;
  }
  if (view.hasUnknownArguments || inputOptions.some((dest) => view.has(dest))) return;
  if (data === undefined || (data.value === '' && !data.suppressed)) {
    report('`%IN` stands for input files, but the step has no `opt_inDS`');
  } else if (data.suppressed) {
    report('`%IN` stands for input files, but `opt_inDS` is kept back because the condition negates it');
  }
};

/** Other ways to say what the primary input is. */
const inputOptions = [
  'inDS',
  'inDsTxt',
  'pfnList',
  'goodRunListXML',
  'inOutDsJson',
  'loadXML',
  'eventPickEvtList',
  'loadJson',
];

/** `%IN2` that no `--secondaryDSs` fills, and streams that nothing uses. */
export const streams: StepRule = (draft, findings, view) => {
  const exec = view.isPrun ? view.known('opt_exec') : undefined;
  if (exec === undefined || view.hasUnknownArguments) return;
  if (streamOptions.some((dest) => view.has(dest))) return;
  const value = view.option('secondaryDSs') ?? '';
  const { streams: known, problems } = parseSecondary(value);
  if (problems.some(({ kind }) => kind === 'format' || kind === 'number')) return;
  const names = known.map(({ stream }) => stream);
  if (names.some((name) => name.includes('%'))) return;
  const used = usedStreams(exec.text, names);
  const unknown = used.filter((name) => name !== 'IN' && !names.includes(name));
  for (const name of unknown) {
    const use = streamUse(exec, name);
    if (use === undefined) continue;
    const message =
      names.length === 0
        ? `\`%${name}\` stands for files of a secondary dataset, but \`opt_args\` has no \`--secondaryDSs\``
        : `\`--secondaryDSs\` has no stream \`${name}\`; it has ${listed(names)}`;
    const help =
      names.length === 0 && isTruthy(passedValue(draft, 'opt_secondaryDSs'))
        ? `add \`--secondaryDSs ${name}:<files per job>:%{SECDS1}\``
        : undefined;
    findings.error('prun/unknown-stream', placeInText(exec.state, use.start, use.end), message, { help });
  }
  // A name that is wrong leaves its stream unused; and the list of files may reach the payload in another way.
  if (unknown.length > 0) return;
  if (view.has('writeInputToTxt') || view.option('reusableSecondary') !== undefined) return;
  for (const { stream, start, end } of known) {
    if (used.includes(stream) || exec.text.includes(stream)) continue;
    const message = `the files of the stream \`${stream}\` are fetched for every job, but \`opt_exec\` does not use \`%${stream}\``;
    findings.warning('prun/unused-stream', view.optionPlace('secondaryDSs', start, end), message);
  }
};

/** Other ways to say what the streams are. */
const streamOptions = ['inOutDsJson', 'loadXML', 'loadJson'];

/** Secondary datasets reach a job only by way of `--secondaryDSs`. */
export const unusedSecondary: StepRule = (draft, findings, view) => {
  const state = draft.inputs.get('opt_secondaryDSs');
  if (draft.step.type !== 'prun' || state === undefined || state.value === null) return;
  if (draft.step.condition !== undefined && mentions(draft.step.condition, 'opt_secondaryDSs')) return;
  const texts = ['opt_exec', 'opt_args'].map((name) => view.text(name));
  if (texts.some((text) => text === 'unknown' || (typeof text === 'object' && !text.isAsWritten))) return;
  const isUsed = texts.some(
    (text) =>
      typeof text === 'object' &&
      unresolvedPlaceholders(text.text).some((use) => use.text.startsWith('%{SECDS')),
  );
  // Its full name may be written out instead.
  if (isUsed || view.option('secondaryDSs') !== undefined) return;
  // A stream that nothing fills has been reported, and tells the same.
  if (usedStreams(view.known('opt_exec')?.text ?? '').some((name) => name !== 'IN')) return;
  const message = '`opt_secondaryDSs` alone brings no files: nothing in `opt_args` says `%{SECDS1}`';
  findings.warning('prun/unused-secondary', state.input.where(), message, {
    help: 'add `--secondaryDSs IN2:<files per job>:%{SECDS1}` to `opt_args`, and `%IN2` to `opt_exec`',
  });
};

function streamUse(exec: KnownText, name: string): { start: number; end: number } | undefined {
  const match = new RegExp(`%${name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![A-Za-z0-9_])`).exec(
    exec.text,
  );
  return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
}

function mentions(condition: Condition, name: string): boolean {
  if (condition.operator === 'input') return condition.input === name;
  if (condition.operator === 'not') return mentions(condition.of, name);
  return mentions(condition.left, name) || mentions(condition.right, name);
}

// What the junction of a loop writes, as far as it can be read from its payload: `workflow/bad-results`,
// `workflow/unknown-loop-parameter`, `workflow/loop-parameter-type`, `workflow/endless-loop`, `workflow/no-results`.
import { closest } from '../../base/closest.ts';
import { isHarmless } from '../../prun/payload-files.ts';
import { writtenByEcho, type PayloadCommand } from '../../prun/payload-commands.ts';
import type { Draft } from '../draft.ts';
import type { Workflow, WorkflowInput } from '../model.ts';
import { loopParameterName } from '../scope.ts';
import { listed, type StepRule } from './rule.ts';
import type { KnownText, StepView } from './step-view.ts';
import { placeInText } from './text-place.ts';

const resultsFile = 'results.json';

export const loopResults: StepRule = (draft, _findings, view) => {
  const { workflow, loop } = draft.step;
  if (!loop || workflow === undefined) return;
  for (const junction of draft.steps.filter((inner) => inner.step.type === 'junction')) {
    checkJunction(view.of(junction), workflow, draft);
  }
};

interface Result {
  readonly command: PayloadCommand;
  /** `undefined` when it is put together by the shell. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
}

function checkJunction(view: StepView, workflow: Workflow, loop: Draft): void {
  const exec = view.known('opt_exec');
  const commands = view.commands;
  if (exec === undefined || commands === undefined) return;
  const writers = commands.filter((command) =>
    command.writes.some((word) => plain(word.text) === resultsFile),
  );
  if (writers.length === 0) {
    checkSilence(view, exec, commands);
    return;
  }
  const results = writers.map((command) => readResult(view, exec, command));
  for (const { command, values } of results) {
    if (values !== undefined) checkValues(view, exec, command, values, workflow);
  }
  checkEnd(view, exec, commands, results, loop);
}

function plain(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}

/** Nothing but printing, and none of it goes to the file that decides. */
function checkSilence(view: StepView, exec: KnownText, commands: readonly PayloadCommand[]): void {
  if (commands.length === 0 || !commands.every(isHarmless) || exec.text.includes(resultsFile)) return;
  if (/[`]|\$\(|<</.test(exec.text)) return;
  const message = `nothing in \`opt_exec\` writes \`${resultsFile}\`, so the loop ends after its first iteration`;
  view.context.findings.warning('workflow/no-results', exec.state.input.whereValue(), message, {
    help: `write it with \`echo '{"to_continue": true}' > ${resultsFile}\``,
  });
}

function readResult(view: StepView, exec: KnownText, command: PayloadCommand): Result {
  const text = command.isPiped ? undefined : writtenByEcho(command);
  if (text === undefined) return { command, values: undefined };
  // Placeholders are filled in before the shell sees the text, mostly with numbers.
  const filled = text.replaceAll(/%\{[^{}]*\}/g, '0');
  let values: unknown;
  try {
    values = JSON.parse(filled);
  } catch {
    values = undefined;
  }
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
    return { command, values: values as Readonly<Record<string, unknown>> };
  }
  // A placeholder may be a text with quotes of its own.
  if (filled === text) {
    const [first, last] = [command.words[1] ?? command.words[0], command.words.at(-1)];
    const message = `what is written to \`${resultsFile}\` is no JSON object: \`${shortened(text)}\``;
    const place = placeInText(exec.state, first?.start ?? 0, last?.end ?? 0);
    view.context.findings.error('workflow/bad-results', place, message, {
      help: helpFor(exec.text, command),
    });
  }
  return { command, values: undefined };
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The shell takes double quotes away that are not inside of single ones. */
function helpFor(text: string, command: PayloadCommand): string | undefined {
  const written = text.slice(command.words[1]?.start, command.words.at(-1)?.end);
  return written.startsWith('{') && written.includes('"')
    ? 'the shell takes the quotes away; put single quotes around the whole object'
    : undefined;
}

function checkValues(
  view: StepView,
  exec: KnownText,
  command: PayloadCommand,
  values: Readonly<Record<string, unknown>>,
  workflow: Workflow,
): void {
  const { findings } = view.context;
  const parameters = new Map(
    workflow.inputs.flatMap((input): [string, WorkflowInput][] => {
      const name = loopParameterName(input.name);
      return name === undefined ? [] : [[name, input]];
    }),
  );
  for (const [key, value] of Object.entries(values)) {
    const place = placeOfKey(exec, command, key);
    if (key === 'to_continue') {
      if (typeof value === 'boolean' || exec.text.includes('%{')) continue;
      const message = `\`to_continue\` must be \`true\` or \`false\`, not \`${JSON.stringify(value)}\``;
      findings.warning('workflow/loop-parameter-type', place, message);
      continue;
    }
    const input = parameters.get(key);
    if (input === undefined) {
      reportKey(view, key, place, workflow, [...parameters.keys()]);
      continue;
    }
    const wanted = typeFault(input, value);
    if (wanted === undefined || exec.text.includes('%{')) continue;
    const message = `\`${key}\` is \`${JSON.stringify(value)}\`, but \`${input.name}\` is ${wanted}`;
    findings.warning('workflow/loop-parameter-type', place, message, {
      related: [{ span: input.where(), message: 'declared here' }],
    });
  }
}

function reportKey(
  view: StepView,
  key: string,
  place: ReturnType<typeof placeInText>,
  workflow: Workflow,
  parameters: readonly string[],
): void {
  const nearest = key.startsWith('param_') ? loopParameterName(key) : closest(key, parameters);
  const isKnown = nearest !== undefined && parameters.includes(nearest);
  const offered =
    parameters.length === 0
      ? `\`${workflow.file}\` has no input that starts with \`param_\``
      : `the parameters of the loop are ${listed(parameters)}`;
  const message = `\`${key}\` in \`${resultsFile}\` is no parameter of the loop, so it changes nothing`;
  view.context.findings.warning('workflow/unknown-loop-parameter', place, message, {
    help: isKnown ? `did you mean \`${nearest}\`?` : offered,
  });
}

function placeOfKey(exec: KnownText, command: PayloadCommand, key: string): ReturnType<typeof placeInText> {
  const start = command.words[0]?.start ?? 0;
  const end = command.words.at(-1)?.end ?? start;
  const written = exec.text.slice(start, end);
  const at = written.search(new RegExp(`\\\\?"${key.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}\\\\?"`));
  if (at === -1) return placeInText(exec.state, start, end);
  const from = start + at + written.slice(at).indexOf(key);
  return placeInText(exec.state, from, from + key.length);
}

/** What the parameter should be; `undefined` when the value fits, and when its type says nothing. */
function typeFault(input: WorkflowInput, value: unknown): string | undefined {
  const type = input.type?.replace(/\?$/, '');
  if (type === undefined || (value === null && input.type?.endsWith('?') === true)) return undefined;
  if (type.endsWith('[]')) return Array.isArray(value) ? undefined : 'a list';
  if (type === 'int' || type === 'long') return Number.isInteger(value) ? undefined : 'a whole number';
  if (type === 'float' || type === 'double') return typeof value === 'number' ? undefined : 'a number';
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : '`true` or `false`';
  if (type === 'string') return typeof value === 'string' ? undefined : 'a text';
  return undefined;
}

/** Whether every way through the payload asks for another iteration. */
function checkEnd(
  view: StepView,
  exec: KnownText,
  commands: readonly PayloadCommand[],
  results: readonly Result[],
  loop: Draft,
): void {
  const last = results.at(-1);
  if (last?.values?.['to_continue'] !== true || last.command.isConditional) return;
  if (!commands.every(isHarmless) || exec.text.includes('exit') || exec.text.includes('%{')) return;
  const [first, end] = [last.command.words[0], last.command.words.at(-1)];
  const message = `the loop \`${loop.step.name}\` never ends: \`to_continue\` is always \`true\``;
  const place = placeInText(exec.state, first?.start ?? 0, end?.end ?? 0);
  view.context.findings.warning('workflow/endless-loop', place, message);
}

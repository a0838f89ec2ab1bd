// `panda/missing-file`, `panda/file-too-large`: files that a step runs or reads, and that would not travel with the request.
// `prun/no-secrets`, `prun/unknown-secret`: what a step needs to sign in elsewhere.
import type { Span } from '../../base/span.ts';
import { closest } from '../../base/closest.ts';
import { payloadCommands, type PayloadCommand } from '../../prun/payload-commands.ts';
import { payloadFiles } from '../../prun/payload-files.ts';
import { phpoOptions } from '../../prun/phpo-options.ts';
import { prunOptions } from '../../prun/prun-options.ts';
import type { StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';
import { placeInText } from './text-place.ts';

export const sandboxFiles: StepRule = (_draft, _findings, view) => {
  if (view.context.surroundings.sandbox === undefined) return;
  const exec = view.isPrun ? view.known('opt_exec') : undefined;
  for (const { word, path, isCertain } of exec === undefined ? [] : payloadFiles(exec.text)) {
    if (exec === undefined || path.includes('%')) continue;
    checkFile(view, path, 'opt_exec', isCertain, () => placeInText(exec.state, word.start, word.end));
  }
  for (const dest of fileOptions) {
    const path = view.option(dest)?.replace(/^(?:\.\/+)+/, '');
    if (path === undefined || !/^(?!\/)[\w.+/-]+$/.test(path) || path.split('/').includes('..')) continue;
    checkFile(view, path, flagOf(dest), true, () => view.optionPlace(dest));
  }
};

/** Options whose value is a file of the sandbox that the server or the job reads. */
const fileOptions = [
  'loadJson',
  'searchSpaceFile',
  'segmentSpecFile',
  'inDsTxt',
  'pfnList',
  'inputFileListName',
];

/** As it is typed, which is not always what its value is called. */
function flagOf(dest: string): string {
  const option = prunOptions.byDest.get(dest) ?? phpoOptions.byDest.get(dest);
  return option?.flags[0] ?? `--${dest}`;
}

/** Says that a file would not travel. */
export function checkFile(
  view: StepView,
  path: string,
  user: string,
  isCertain: boolean,
  place: () => Span,
): void {
  const { findings, surroundings } = view.context;
  const state = surroundings.sandbox?.(path) ?? 'there';
  if (state === 'there') return;
  const isMissing = state === 'missing';
  findings.add({
    code: isMissing ? 'panda/missing-file' : 'panda/file-too-large',
    severity: isCertain ? 'error' : 'warning',
    message: isMissing
      ? `\`${user}\` needs \`${path}\`, which is not in the sandbox`
      : `\`${user}\` needs \`${path}\`, which is too large to travel in the sandbox`,
    span: place(),
    help: isMissing
      ? 'the sandbox is the directory in which `pchain` is started, with everything below it'
      : 'raise the limit with `--maxSizeInSandbox <megabytes>`, or let the step fetch it',
  });
}

/** A step that talks to REANA needs a token, and gets secrets only when it asks for them. */
export const secrets: StepRule = (draft, findings, view) => {
  const exec = view.isPrun ? view.known('opt_exec') : undefined;
  const commands = view.commands;
  if (exec === undefined || commands === undefined || view.hasUnknownArguments) return;
  checkNames(view, commands);
  if (view.has('useSecrets') || view.has('loadJson')) return;
  const user = secretUser(view, exec.text, commands);
  if (user === undefined) return;
  const message = `${user.what} a secret, but \`opt_args\` has no \`--useSecrets\``;
  findings.warning('prun/no-secrets', placeInText(exec.state, user.start, user.end), message, {
    help: draft.inputs.has('opt_args')
      ? 'add `--useSecrets` to `opt_args`'
      : 'add `opt_args` with `--useSecrets` to the step',
  });
};

interface SecretUser {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

function secretUser(
  view: StepView,
  payload: string,
  commands: readonly PayloadCommand[],
): SecretUser | undefined {
  for (const command of commands) {
    const client = clientOf(command);
    const [first] = command.words;
    const last = command.words[client === undefined ? 0 : client.split(' ').length - 1];
    if (client !== undefined && first !== undefined && last !== undefined) {
      return { what: `\`${client}\` needs`, start: first.start, end: last.end };
    }
  }
  for (const { word, path } of payloadFiles(payload)) {
    const text = view.context.surroundings.sandboxText?.(path);
    const what = text === undefined ? undefined : secretIn(text);
    if (what !== undefined) return { what: `\`${path}\` ${what}`, start: word.start, end: word.end };
  }
  return undefined;
}

function clientOf(command: PayloadCommand): string | undefined {
  const program = command.words[0]?.text;
  if (program !== 'reana-client' && program !== 'pchain') return undefined;
  const [, group, verb] = command.words.map((word) => word.text);
  const isHelp = command.words.some((word) => /^(?:-h|--help|--version|version)$/.test(word.text));
  if (isHelp) return undefined;
  if (program === 'reana-client') return program;
  // What works without an account needs no token either.
  return group === 'reana' && verb !== undefined && verb !== 'validate' ? `pchain reana ${verb}` : undefined;
}

/** How a script needs a secret, as far as that is certain. */
function secretIn(text: string): string | undefined {
  // A script of another language is no list of shell commands, but the name of the token is the same in all.
  const setsToken = /\bREANA_ACCESS_TOKEN\s*=/.test(text);
  if (setsToken) return undefined;
  if (/\bREANA_ACCESS_TOKEN\b/.test(withoutComments(text))) return 'reads `REANA_ACCESS_TOKEN`, which is';
  if (!/^#!.*\b(?:ba|z|k|da)?sh\b/.test(text)) return undefined;
  const client = payloadCommands(text).flatMap((command) => clientOf(command) ?? [])[0];
  return client === undefined ? undefined : `calls \`${client}\`, which needs`;
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*#.*$/gm, '');
}

/** Secrets that `pchain reana run --secret NAME` hands on, and those of a `gitlab` step. */
function checkNames(view: StepView, commands: readonly PayloadCommand[]): void {
  const { findings, surroundings } = view.context;
  const known = surroundings.knownSecrets;
  const exec = view.known('opt_exec');
  if (known === undefined || exec === undefined) return;
  for (const command of commands) {
    if (clientOf(command)?.startsWith('pchain') !== true) continue;
    for (const [index, word] of command.words.entries()) {
      const joined = /^--secret=(.+)$/.exec(word.text)?.[1];
      const value = word.text === '--secret' ? command.words[index + 1] : joined && word;
      const name = joined ?? (value === undefined || value === '' ? undefined : value.text);
      if (value === undefined || value === '' || name === undefined || !value.isLiteral) continue;
      if (known.has(name) || name.includes('%{')) continue;
      const nearest = closest(name, known);
      const message = `no secret \`${name}\` is known`;
      findings.warning('prun/unknown-secret', placeInText(exec.state, value.start, value.end), message, {
        help: nearest === undefined ? 'set it with `pbook secrets set`' : `did you mean \`${nearest}\`?`,
      });
    }
  }
}

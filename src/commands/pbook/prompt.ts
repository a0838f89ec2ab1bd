// The prompt of pbook: one command a line, until Ctrl-D, `exit` or `quit`. Nothing that is typed is kept.
import { Interrupted, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { Host } from '../host.ts';
import { readTyped } from './call-syntax.ts';

/** Names of the parameters of each command, in order: a value may then hold `=` or begin with a dash. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  set_secret: ['key', 'value', 'is_file'],
  list_secrets: ['full'],
  delete_secret: ['key'],
  delete_all_secrets: [],
};

/** Asks for commands and runs them.
 *  @param run runs the words of one command; what goes wrong has been told when it returns */
export async function runPrompt(
  host: Host,
  run: (words: readonly string[]) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { terminal } = host;
  terminal.say(`pbook ${host.version}; \`help\` lists the commands, Ctrl-D ends`);
  for (;;) {
    const line = await asked(host);
    if (line === undefined) return ExitCode.done;
    const words = wordsOf(line, host);
    if (words === undefined) continue;
    if (words[0] === 'exit' || words[0] === 'quit') return ExitCode.done;
    const exitCode = await run(words);
    // An interrupted command has spent the one signal there is.
    if (host.signal.aborted) return exitCode;
  }
}

/** A line; empty after Ctrl-C, which takes back what was typed, and after a paste of several; `undefined` at the end. */
async function asked(host: Host): Promise<string | undefined> {
  try {
    return await host.terminal.ask('>>> ');
  } catch (thrown) {
    if (thrown instanceof Interrupted && !host.signal.aborted) return '';
    if (!(thrown instanceof UsageError)) throw thrown;
    host.terminal.warn(thrown.message);
    return '';
  }
}

/** `undefined` when there is nothing to run. */
function wordsOf(line: string, host: Host): readonly string[] | undefined {
  const typed = readTyped(line);
  switch (typed.is) {
    case 'nothing':
      return undefined;
    case 'fault':
      host.terminal.warn(typed.message);
      return undefined;
    case 'words':
      return typed.words;
    case 'call': {
      const { command, values, named } = typed;
      const names = parameters[command] ?? [];
      const positional = values.map((value, index) =>
        names[index] === undefined ? value : `${names[index]}=${value}`,
      );
      return [command, ...positional, ...[...named].map(([name, value]) => `${name}=${value}`)];
    }
  }
}

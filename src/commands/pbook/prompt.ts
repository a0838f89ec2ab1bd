// The prompt of pbook: one command a line, until Ctrl-D, `exit` or `quit`; and the same without a keyboard.
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Interrupted, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';
import { complete } from './completion.ts';
import { History } from './history.ts';
import { Session, type SessionOptions } from './session.ts';

type PromptOptions = Omit<SessionOptions, 'atPrompt' | 'isOnCommandLine'>;

/** Asks for commands and runs them. */
export async function runPrompt(options: PromptOptions): Promise<ExitCode> {
  const { host } = options;
  const { terminal } = host;
  const settings = await loadSettings({ server: textOption(options.options, 'server') }, host);
  const { dataDirectory } = settings.locations;
  const warn = (message: string): void => terminal.warn(message);
  const history = await History.open(join(dataDirectory, 'pbook-history'), warn);
  const session = new Session(
    { ...options, atPrompt: true, isOnCommandLine: false },
    await knownIds(dataDirectory),
  );
  const url = settings.pandaUrlSsl.value;
  const where =
    settings.server.value.kind === 'local' || url === undefined ? 'this machine' : new URL(url).host;
  terminal.say(`pbook ${host.version}, PanDA of ${where}`);
  terminal.say('`help` lists the commands, Ctrl-D ends');
  for (;;) {
    const line = await asked(host, {
      history: history.lines,
      complete: (typed) => complete(typed, session.ids),
    });
    if (line === undefined) return ExitCode.done;
    await history.add(line);
    const exitCode = await session.run(line);
    if (exitCode === undefined) return ExitCode.done;
    if (host.signal.aborted) return exitCode;
  }
}

/** What the ledger knows is no reason not to begin. */
async function knownIds(dataDirectory: string): Promise<readonly number[]> {
  try {
    const submissions = await openLedger(dataDirectory).list();
    return submissions.flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId])).slice(-50);
  } catch {
    return [];
  }
}

/** A line; empty after Ctrl-C, which takes back what was typed; `undefined` at the end. */
async function asked(
  host: Host,
  editing: Parameters<Host['terminal']['edit']>[1],
): Promise<string | undefined> {
  try {
    return await host.terminal.edit(host.terminal.stderr.style.hint('>>> '), editing);
  } catch (thrown) {
    if (thrown instanceof Interrupted && !host.signal.aborted) return '';
    if (!(thrown instanceof UsageError)) throw thrown;
    host.terminal.warn(thrown.message);
    return '';
  }
}

/** Runs the lines of standard input, one after the other, whatever becomes of them.
 *  @returns the first exit code that is not 0; `undefined` when there was no line */
export async function runPiped(options: PromptOptions): Promise<ExitCode | undefined> {
  const { stdin } = options.host;
  if (!(stdin instanceof Readable)) return undefined;
  const lines = createInterface({ input: stdin, crlfDelay: Infinity });
  return runLines(lines, { ...options, isOnCommandLine: false });
}

/** As `runPiped`, of lines from anywhere. */
export async function runLines(
  lines: AsyncIterable<string> | Iterable<string>,
  options: Omit<SessionOptions, 'atPrompt'>,
): Promise<ExitCode | undefined> {
  const session = new Session({ ...options, atPrompt: false });
  let first: ExitCode | undefined;
  for await (const line of lines) {
    const exitCode = await session.run(line);
    if (exitCode === undefined) return first ?? ExitCode.done;
    if (first === undefined || first === ExitCode.done) first = exitCode;
    if (options.host.signal.aborted) break;
  }
  return first;
}

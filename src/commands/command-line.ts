// Runs a command line: the terminal is set up, what is thrown becomes words and an exit code.
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { Interrupted, PchainError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { systemClock } from '../base/system-clock.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { Loudness } from '../terminal/terminal.ts';
import { renderError } from '../terminal/errors.ts';
import { expandAbbreviations } from './abbreviations.ts';
import type { Host, World } from './host.ts';
import type { Done } from './options.ts';

/** Declares the commands of a program; what they do is loaded when it is asked for. */
export type BuildProgram = (host: Host, done: Done) => Command;

/** Runs what the words ask for and gives the exit code; nothing is thrown. */
export async function runCommandLine(
  words: readonly string[],
  world: World,
  build: BuildProgram,
): Promise<ExitCode> {
  const terminal = terminalFor(words, world);
  const host: Host = { ...world, arguments: words, clock: systemClock, terminal };
  let interruptedBy: 'SIGINT' | 'SIGTERM' | undefined;
  world.onInterrupt((name) => (interruptedBy = name));
  try {
    return await runWords(words, host, build, () => interruptedBy);
  } finally {
    terminal.release();
  }
}

/** Runs one command of a program: what is thrown becomes words and an exit code. */
export async function runWords(
  words: readonly string[],
  host: Host,
  build: BuildProgram,
  interruptedBy: () => 'SIGINT' | 'SIGTERM' | undefined = () => undefined,
): Promise<ExitCode> {
  return told(() => parse(words, host, build), host, interruptedBy);
}

/** Does some work: what is thrown becomes words and an exit code. */
export async function told(
  work: () => Promise<ExitCode>,
  host: Host,
  interruptedBy: () => 'SIGINT' | 'SIGTERM' | undefined = () => undefined,
): Promise<ExitCode> {
  const { terminal } = host;
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    const signal = interruptedBy();
    if (signal !== undefined && !(thrown instanceof PchainError && !(thrown instanceof Interrupted))) {
      if (thrown instanceof Interrupted) terminal.alert(renderError(thrown, errorOptions(host)));
      return signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated;
    }
    terminal.alert(renderError(thrown, errorOptions(host)));
    return thrown instanceof PchainError ? thrown.exitCode : ExitCode.bug;
  }
}

function errorOptions(
  host: Pick<Host, 'terminal' | 'version' | 'platform' | 'arguments'>,
): Parameters<typeof renderError>[1] {
  return {
    view: host.terminal.stderr,
    verbose: host.terminal.loudness === 'verbose',
    about: {
      version: host.version,
      platform: host.platform,
      argv: host.arguments,
      reportAt: 'the issue tracker of pchain',
    },
  };
}

// How loud and how colourful must be known before the command line is taken apart: its faults are printed, too.
function terminalFor(words: readonly string[], world: World): Terminal {
  const given = (name: string): boolean => words.includes(name);
  const loudness: Loudness = given('-qq')
    ? 'silent'
    : given('-q') || given('--quiet')
      ? 'quiet'
      : given('-v') || given('--verbose')
        ? 'verbose'
        : 'normal';
  const terminal: Terminal = new Terminal({
    stdout: world.stdout,
    stderr: world.stderr,
    stdin: world.stdin,
    env: world.env,
    color: given('--no-color') ? false : given('--color') ? true : undefined,
    loudness,
    onOutputLost: (why) => {
      if (why === undefined) world.exit(ExitCode.done);
      terminal.alert(renderError(why, errorOptions({ ...world, arguments: words, terminal })));
      terminal.release();
      world.exit(ExitCode.local);
    },
  });
  return terminal;
}

async function parse(words: readonly string[], host: Host, build: BuildProgram): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.done;
  const program = build(host, (code) => (exitCode = code));
  await program.parseAsync([...written(words, program)], { from: 'user' });
  return exitCode;
}

/** The words with options written out that were cut short. Only of a line without a command's name: that is how the official
 *  client is used. */
function written(words: readonly string[], program: Command): readonly string[] {
  if (words[0]?.startsWith('-') !== true) return words;
  const options = program.options.flatMap((option) => option.long ?? []);
  return expandAbbreviations(words, [...options, '--help']);
}

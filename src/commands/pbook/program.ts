// The command line of `pbook`: `pbook secrets …`, the batch commands that people know, `pbook COMMAND [ARG] [KEY=VALUE]`, and,
// without any words at a terminal, a prompt that takes both.
import { Option } from 'commander';
import type { Command } from 'commander';
import { ExitCode } from '../../base/exit-code.ts';
import { runCommandLine, runWords } from '../command-line.ts';
import { addSecretCommands } from '../groups/secret-commands.ts';
import type { Host, World } from '../host.ts';
import { common, serverOption, type Done } from '../options.ts';
import { addHelpCommand, newProgram, unknownCommand } from '../program-base.ts';
import { argumentsOfWords, type PbookCommand } from './command.ts';
import { pbookCommands } from './commands.ts';
import { notesOf, usageOf } from './help.ts';

type Options = Readonly<Record<string, unknown>>;

/** Runs what the words ask for and gives the exit code; nothing is thrown. */
export function runProgram(words: readonly string[], world: World): Promise<ExitCode> {
  return runCommandLine(words, world, buildProgram);
}

function buildProgram(host: Host, done: Done): Command {
  const program = newProgram('pbook', 'Shows and commands tasks of PanDA, and keeps secrets.', host);
  common(program)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .usage('[options] [command] [value] [name=value]')
    .argument('[command]')
    .argument('[words...]')
    .addOption(new Option('-c <call>', 'run one command as it is typed at the prompt, like "show(123)"'))
    .addOption(serverOption())
    // Of the official client: its Python, and servers that are named otherwise here.
    .addOption(new Option('-3').hideHelp())
    .addOption(new Option('--devSrv').hideHelp())
    .addOption(new Option('--intrSrv').hideHelp())
    .addOption(new Option('--prompt_with_newline').hideHelp())
    .action(async (word: string | undefined, _words: readonly string[], options: Options) => {
      if (word !== undefined) unknownCommand(program, word);
      done(await withoutCommand(program, options, host));
    })
    .addHelpText('after', rootNotes);
  for (const command of pbookCommands) addCommand(program, command, host, done);
  addSecretCommands(program, host, done);
  addHelpCommand(program, host);
  return program;
}

function addCommand(program: Command, declared: PbookCommand, host: Host, done: Done): void {
  const { name, group, summary, flags = {}, isHidden = false } = declared;
  const added = common(program.command(name, { hidden: isHidden }))
    .description(summary)
    .helpGroup(`${group}:`)
    .usage(usageOf(declared))
    .argument('[words...]')
    // `--format=long` is a parameter, too: which there are is looked up in one place.
    .allowUnknownOption()
    .addOption(serverOption())
    .addHelpText('after', notesOf(declared));
  for (const [flag, help] of Object.entries(flags)) added.addOption(new Option(`--${flag}`, help));
  added.action(async (_words: readonly string[], _options: Options, ran: Command) => {
    const given = argumentsOfWords(
      declared,
      ran.args.map((text) => ({ text, at: undefined })),
    );
    const options: Options = ran.optsWithGlobals();
    done(await declared.prepare(given)({ host, options, isOnCommandLine: true, onIds: () => undefined }));
  });
}

async function withoutCommand(program: Command, options: Options, host: Host): Promise<ExitCode> {
  const run = (words: readonly string[], inner: Host): Promise<ExitCode> =>
    runWords(withServer(words, options), inner, buildProgram);
  const session = { host, options, runWords: run };
  const call = options['c'];
  const { runLines, runPiped, runPrompt } = await import('./prompt.ts');
  if (typeof call === 'string')
    return (await runLines(call.split('\n'), { ...session, isOnCommandLine: true })) ?? ExitCode.done;
  if (host.terminal.canAsk) return runPrompt(session);
  const exitCode = host.stdin.isTTY === true ? undefined : await runPiped(session);
  if (exitCode === undefined) program.outputHelp();
  return exitCode ?? ExitCode.done;
}

/** A line with options is taken apart anew, so that the server of the session is told once more. */
function withServer(words: readonly string[], { server }: Options): readonly string[] {
  if (typeof server !== 'string' || words[0] === 'help' || words.includes('--server')) return words;
  return [...words, '--server', server];
}

const rootNotes = `
Examples:
  $ pbook show 123 format=long
  $ pbook kill 40000001,40000002
  $ pbook retry 40000002 nFilesPerJob=10
  $ pbook
  >>> show(123, format='long')
  >>> help(kill)

Without a command, at a terminal, it asks for commands; from a pipe it runs one command a line. Ids below 10000000 are those
of requests, others those of tasks.
`;

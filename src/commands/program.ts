// The command line: which commands and options there are. What they do is loaded when it is asked for.
import { Command, CommanderError, Option } from 'commander';
import { closest } from '../base/closest.ts';
import { Interrupted, PchainError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { systemClock } from '../base/system-clock.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { Loudness } from '../terminal/terminal.ts';
import { renderError } from '../terminal/errors.ts';
import { addFileCommands } from './groups/file-commands.ts';
import { addReanaCommands } from './groups/reana-commands.ts';
import { addRequestCommands } from './groups/request-commands.ts';
import type { Host, World } from './host.ts';
import {
  common,
  datasetOption,
  fixOption,
  formatOption,
  jobsOption,
  serverOption,
  strictOption,
  workflowOptions,
} from './options.ts';
import type { Done } from './options.ts';
import { topics } from './topics.ts';

/** Runs what the words ask for and gives the exit code; nothing is thrown. */
export async function runProgram(words: readonly string[], world: World): Promise<ExitCode> {
  const terminal = terminalFor(words, world);
  const host: Host = { ...world, arguments: words, clock: systemClock, terminal };
  let interruptedBy: 'SIGINT' | 'SIGTERM' | undefined;
  world.onInterrupt((name) => (interruptedBy = name));
  try {
    return await parse(words, host);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    if (interruptedBy !== undefined && !(thrown instanceof PchainError && !(thrown instanceof Interrupted))) {
      if (thrown instanceof Interrupted) terminal.alert(renderError(thrown, errorOptions(host)));
      return interruptedBy === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated;
    }
    terminal.alert(renderError(thrown, errorOptions(host)));
    return thrown instanceof PchainError ? thrown.exitCode : ExitCode.bug;
  } finally {
    terminal.release();
  }
}

function errorOptions(host: Host): Parameters<typeof renderError>[1] {
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
  return new Terminal({
    stdout: world.stdout,
    stderr: world.stderr,
    stdin: world.stdin,
    env: world.env,
    color: given('--no-color') ? false : given('--color') ? true : undefined,
    loudness,
    onOutputLost: (why) => world.exit(why === undefined ? ExitCode.done : ExitCode.local),
  });
}

async function parse(words: readonly string[], host: Host): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.done;
  const program = buildProgram(host, (code) => (exitCode = code));
  await program.parseAsync([...words], { from: 'user' });
  return exitCode;
}

function buildProgram(host: Host, done: Done): Command {
  const { terminal } = host;
  const program = new Command('pchain')
    .description(
      'Checks, runs and follows PanDA workflows and their REANA steps, on this machine or on the grid.',
    )
    .enablePositionalOptions()
    .version(host.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this page')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.alert(text),
      outputError: (text, write) =>
        write(text.replace(/^error: /, `${terminal.stderr.style.error('error')}: `)),
    });

  common(workflowOptions(program))
    .addOption(
      new Option('--check', 'check the files, print findings and the plan, and stop; opens no connection'),
    )
    .addOption(strictOption().hideHelp())
    .addOption(fixOption().hideHelp())
    .addOption(formatOption().hideHelp())
    .addOption(new Option('--noSubmit', 'prepare everything, send nothing'))
    .addOption(new Option('--wait', 'follow the workflow to its end; the exit code is its outcome'))
    .addOption(
      new Option('--output <file>', 'collect all final outputs in one tar (.tar, .tar.gz); implies --wait'),
    )
    .addOption(new Option('--timeout <seconds>', 'stop waiting after this time; the workflow goes on'))
    .addOption(new Option('--fresh', 'start anew, even where the same command can be continued'))
    .addOption(serverOption())
    .addOption(datasetOption())
    .addOption(jobsOption())
    .addOption(new Option('--workflowName <name>', 'a name for the workflow').hideHelp())
    .addOption(new Option('--vo <name>', 'virtual organisation').hideHelp())
    .addOption(new Option('--prodSourceLabel <label>', 'label of the tasks').hideHelp())
    .addOption(new Option('--workingGroup <name>', 'working group of the tasks').hideHelp())
    .addOption(
      new Option('--maxSizeInSandbox <megabytes>', 'largest file that travels in the sandbox').default('1'),
    )
    .action(async (options: Record<string, unknown>, command: Command) => {
      const stray = command.args[0];
      if (stray !== undefined) unknownCommand(program, stray);
      if (Object.keys(options).every((name) => command.getOptionValueSource(name) === 'default')) {
        program.outputHelp();
        return;
      }
      if (options['check'] === true) {
        const { checkWorkflow } = await import('./pchain/check.ts');
        done(await checkWorkflow(options, host));
        return;
      }
      const { runWorkflow } = await import('./pchain/run.ts');
      done(await runWorkflow(options, host));
    })
    .addHelpText('after', rootNotes);

  addFileCommands(program, host, done);
  addRequestCommands(program, host, done);
  addReanaCommands(program, host, done);

  program
    .command('help')
    .description(`show a page about a command, or about: ${Object.keys(topics).join(', ')}`)
    .argument('[words...]')
    .action((asked: string[]) => showHelp(program, asked, host));
  return program;
}

function unknownCommand(program: Command, word: string): never {
  const names = program.commands.map((command) => command.name());
  const near = closest(word, names);
  program.error(
    `error: unknown command \`${word}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
    { exitCode: ExitCode.usage },
  );
}

function showHelp(program: Command, asked: readonly string[], host: Host): void {
  let command = program;
  for (const word of asked) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) {
      const topic = topics[word];
      if (topic === undefined || asked.length > 1) unknownCommand(program, asked.join(' '));
      host.terminal.out(topic());
      return;
    }
    command = next;
  }
  command.outputHelp();
}

const rootNotes = `
Examples:
  $ pchain --cwl scan.cwl --yaml inputs.yaml --outDS user.alice.scan7 --check
  $ pchain --cwl scan.cwl --yaml inputs.yaml --outDS user.alice.scan7 --wait --output scan7.tar.gz
  $ pchain follow

With no PanDA configured, workflows run on this machine. Topics: pchain help exit-codes, pchain help environment.
`;

// The command line: which commands and options there are. What they do is loaded when it is asked for.
import { Command, CommanderError, Option } from 'commander';
import { closest } from '../base/closest.ts';
import { Interrupted, PchainError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { systemClock } from '../base/system-clock.ts';
import { Terminal } from '../terminal/terminal.ts';
import type { Loudness } from '../terminal/terminal.ts';
import { renderError } from '../terminal/errors.ts';
import type { Host, World } from './host.ts';
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

type Done = (exitCode: ExitCode) => void;

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

  common(program.command('check').description('check workflow files; no account, no network'))
    .argument('<file...>', 'CWL documents and reana.yaml; patterns; directories, for all .cwl files below')
    .addOption(new Option('--yaml <file>', 'inputs of the workflow'))
    .addOption(
      new Option('--outDS <name>', 'name of the output; the files that would be sent are then checked, too'),
    )
    .addOption(formatOption())
    .addOption(strictOption())
    .addOption(fixOption())
    .addOption(new Option('--inputs-template', 'print a skeleton of the inputs file, and stop'))
    .addHelpText('after', checkNotes)
    .action(async (files: string[], options: Record<string, unknown>) => {
      const { runCheck } = await import('./pchain/check.ts');
      done(await runCheck(files, options, host));
    });

  common(program.command('graph').description('draw a workflow'))
    .argument('<file>', 'CWL workflow file')
    .addOption(new Option('--yaml <file>', 'inputs of the workflow: how often a scattered step runs'))
    .addOption(new Option('--outDS <name>', 'name of the output').hideHelp())
    .addOption(
      new Option('--format <format>', 'text unless the name of the output file says another one').choices([
        'text',
        'svg',
        'png',
        'dot',
        'mermaid',
      ]),
    )
    .addOption(new Option('-o, --output <file>', 'draw into this file instead of printing'))
    .action(async (file: string, options: Record<string, unknown>) => {
      const { runGraph } = await import('./pchain/graph.ts');
      done(await runGraph(file, options, host));
    });

  common(program.command('explain').description('show the page of a code of findings, or list all codes'))
    .argument('[code]', 'as a finding names it: cwl/unknown-field')
    .action(async (code: string | undefined) => {
      const { runExplain } = await import('./pchain/explain.ts');
      done(await runExplain(code, host));
    });

  common(
    workflowOptions(
      program
        .command('forecast')
        .description('show the names, commands and numbers of jobs that PanDA would give to every step'),
    ),
  )
    .addOption(new Option('--json', 'print the plan as JSON (schema: schemas/forecast.schema.json)'))
    .addOption(new Option('--dump', 'print the plan as the server writes it into its log').conflicts('json'))
    .action(async (options: Record<string, unknown>) => {
      const { runForecast } = await import('./pchain/forecast.ts');
      done(await runForecast(options, host));
    });

  requestCommand(program, 'status', 'show how far a workflow is')
    .addOption(new Option('--json', 'print the record as JSON (schema: schemas/embedded.schema.json)'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runStatus } = await import('./pchain/status.ts');
      done(await runStatus(id, options, host));
    });

  requestCommand(program, 'follow', 'follow a workflow to its end; the exit code is its outcome')
    .addOption(new Option('--output <file>', 'collect all final outputs in one tar at the end'))
    .addOption(new Option('--timeout <seconds>', 'stop waiting after this time; the workflow goes on'))
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runFollow } = await import('./pchain/follow.ts');
      done(await runFollow(id, options, host));
    });

  common(program.command('fetch').description('download the final outputs of a workflow, or one dataset'))
    .argument('[id]', 'request id; the latest when not given')
    .addOption(new Option('--output <file>', 'pack the outputs into this tar (.tar, .tar.gz)'))
    .addOption(new Option('--dataset <name>', 'fetch this dataset instead'))
    .addOption(new Option('--to <directory>', 'where the files go').default('.'))
    .addOption(serverOption())
    .action(async (id: string | undefined, options: Record<string, unknown>) => {
      const { runFetch } = await import('./pchain/fetch.ts');
      done(await runFetch(id, options, host));
    });

  requestCommand(program, 'retry', 'run the failed jobs of a workflow again; finished ones are kept').action(
    async (id: string | undefined, options: Record<string, unknown>) => {
      const { runRetry } = await import('./pchain/retry.ts');
      done(await runRetry(id, options, host));
    },
  );

  requestCommand(program, 'kill', 'stop a workflow and its jobs').action(
    async (id: string | undefined, options: Record<string, unknown>) => {
      const { runKill } = await import('./pchain/kill.ts');
      done(await runKill(id, options, host));
    },
  );

  common(program.command('list').description('list what was submitted from here'))
    .addOption(new Option('--json', 'print JSON'))
    .action(async (options: Record<string, unknown>) => {
      const { runList } = await import('./pchain/list.ts');
      done(await runList(options, host));
    });

  common(program.command('serve').description('run the embedded PanDA and REANA in the foreground'))
    .addOption(
      new Option('--port <number>', 'port on 127.0.0.1; the one of last time, or a free one, when not given'),
    )
    .addOption(jobsOption())
    .addOption(new Option('--idle-exit <seconds>', 'end after this time without work and requests'))
    .action(async (options: Record<string, unknown>) => {
      const { runServe } = await import('./pchain/serve.ts');
      done(await runServe(options, host));
    });

  const reana = program.command('reana').description('offload work to REANA').helpCommand(false);
  common(
    reana
      .command('run')
      .description('run an analysis on REANA and pack its outputs: what the payload of a reana step calls'),
  )
    .requiredOption('-f, --file <file>', 'reana.yaml, or a template of it')
    .addOption(
      new Option('--set <name=value>', 'value of a placeholder in the template; may be repeated').argParser(
        collect,
      ),
    )
    .addOption(new Option('-w, --name <name>', 'name of the REANA workflow'))
    .addOption(
      new Option('-p, --parameter <name=value>', 'input parameter; may be repeated').argParser(collect),
    )
    .addOption(new Option('--secret <names...>', 'variables or files of this job that become REANA secrets'))
    .addOption(new Option('--output <file>', 'pack the declared outputs into this tar'))
    .addOption(new Option('--timeout <seconds>', 'stop waiting after this time; the run goes on'))
    .action(async (options: Record<string, unknown>) => {
      const { runReanaRun } = await import('./pchain/reana-run.ts');
      done(await runReanaRun(options, host));
    });

  program
    .command('help')
    .description(`show a page about a command, or about: ${Object.keys(topics).join(', ')}`)
    .argument('[words...]')
    .action((asked: string[]) => showHelp(program, asked, host));
  return program;
}

function workflowOptions(command: Command): Command {
  return command
    .addOption(new Option('--cwl <file>', 'the workflow, in CWL'))
    .addOption(new Option('--yaml <file>', 'values of its inputs'))
    .addOption(new Option('--outDS <name>', 'name of the output: user.<nickname>.<name>'));
}

function requestCommand(program: Command, name: string, description: string): Command {
  return common(program.command(name).description(description))
    .argument('[id]', 'request id; the latest when not given')
    .addOption(serverOption());
}

function common(command: Command): Command {
  return command
    .addOption(new Option('-v, --verbose', 'say more: each request, what was left out, causes'))
    .addOption(new Option('-q, --quiet', 'say less: data, warnings and errors only'))
    .addOption(new Option('--color', 'colours, whatever the terminal says').hideHelp())
    .addOption(new Option('--no-color', 'no colours').hideHelp())
    .helpOption('-h, --help', 'show this page')
    .allowExcessArguments(command.name() === 'pchain')
    .exitOverride();
}

const serverOption = (): Option =>
  new Option(
    '--server <where>',
    '`local` (this machine), the name of a profile, or the address of a PanDA server',
  );
const datasetOption = (): Option =>
  new Option(
    '--dataset <name=path>',
    'files on this machine that are an input dataset; a path or pattern; may be repeated',
  ).argParser(collect);
const jobsOption = (): Option => new Option('--jobs <number>', 'jobs at the same time on this machine');
const strictOption = (): Option => new Option('--strict', 'warnings count as errors');
const fixOption = (): Option =>
  new Option('--fix', 'put in the corrections that are certain; comments and layout stay');
const formatOption = (): Option =>
  new Option('--format <format>', 'how findings are shown').choices([
    'full',
    'short',
    'json',
    'github',
    'sarif',
  ]);

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
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

const checkNotes = `
Exit code 0: no errors. 1: errors in the files; that one is missing or cannot be read is such an error. 2: a bad option.
A comment silences a finding on its line, or alone on the line before: # pchain: ignore cwl/unknown-field -- reason
At the top of a file, for all of it:                                   # pchain: ignore-file cwl/unknown-field

Examples:
  $ pchain check scan.cwl --yaml inputs.yaml
  $ pchain check '**/*.cwl' --format sarif
  $ pchain explain cwl/unknown-field
`;

const rootNotes = `
Examples:
  $ pchain --cwl scan.cwl --yaml inputs.yaml --outDS user.alice.scan7 --check
  $ pchain --cwl scan.cwl --yaml inputs.yaml --outDS user.alice.scan7 --wait --output scan7.tar.gz
  $ pchain follow

With no PanDA configured, workflows run on this machine. Topics: pchain help exit-codes, pchain help environment.
`;

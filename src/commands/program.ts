// The command line: which commands and options there are. What they do is loaded when it is asked for.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExitCode } from '../base/exit-code.ts';
import { runCommandLine } from './command-line.ts';
import { addFileCommands } from './groups/file-commands.ts';
import { addIdentityCommands } from './groups/identity-commands.ts';
import { addReanaCommands } from './groups/reana-commands.ts';
import { addRequestCommands } from './groups/request-commands.ts';
import { addSettingsCommands } from './groups/settings-commands.ts';
import type { Host, World } from './host.ts';
import {
  common,
  containersOption,
  datasetOption,
  fixOption,
  formatOption,
  jobsOption,
  minSuccessOption,
  serverOption,
  strictOption,
  workflowOptions,
} from './options.ts';
import type { Done } from './options.ts';
import { hpoScaleOption, hpoSeedOption, hpoSteeringOption } from './search-options.ts';
import { addHelpCommand, newProgram, unknownCommand } from './program-base.ts';

/** Runs what the words ask for and gives the exit code; nothing is thrown. */
export function runProgram(words: readonly string[], world: World): Promise<ExitCode> {
  return runCommandLine(words, world, buildProgram);
}

function buildProgram(host: Host, done: Done): Command {
  const program = newProgram(
    'pchain',
    'Checks, runs and follows PanDA workflows and their REANA steps, on this machine or on the grid.',
    host,
  );

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
    .addOption(minSuccessOption())
    .addOption(new Option('--fresh', 'start anew, even where the same command can be continued'))
    .addOption(
      new Option('--lasting <hours>', 'how long it may take: what ends sooner is refused before it is sent'),
    )
    .addOption(new Option('--force', 'submit although a credential ends too early'))
    .addOption(serverOption())
    .addOption(datasetOption())
    .addOption(jobsOption())
    .addOption(
      new Option('--max-iterations <number>', 'iterations that a loop may have on this machine (100)'),
    )
    .addOption(containersOption())
    .addOption(new Option('--weather <file>', 'troubles that its jobs meet on purpose, on this machine only'))
    .addOption(hpoScaleOption())
    .addOption(hpoSteeringOption())
    .addOption(hpoSeedOption())
    .addOption(new Option('--workflowName <name>', 'a name for the workflow').hideHelp())
    .addOption(new Option('--vo <name>', 'virtual organisation').hideHelp())
    .addOption(new Option('--prodSourceLabel <label>', 'label of the tasks').hideHelp())
    .addOption(new Option('--workingGroup <name>', 'working group of the tasks').hideHelp())
    .addOption(new Option('--official', 'make datasets of a group: group.<group>.<name>').hideHelp())
    .addOption(new Option('--useAthenaPackages', 'send the Athena packages that were built here').hideHelp())
    .addOption(new Option('--extFile <patterns>', 'files that travel whatever their size').hideHelp())
    .addOption(new Option('--dumpJson <file>', 'write how it went as JSON').hideHelp())
    .addOption(new Option('--relayHost <host>', 'send it by way of this host').hideHelp())
    .addOption(new Option('--noEmail').hideHelp())
    .addOption(new Option('--voms <roles>').hideHelp())
    .addOption(new Option('--intrSrv').hideHelp())
    .addOption(new Option('--debug').hideHelp())
    .addOption(new Option('-3').hideHelp())
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

  addIdentityCommands(program, host, done);
  addSettingsCommands(program, host, done);
  addHelpCommand(program, host);
  return program;
}

const rootNotes = `
Examples:
  $ pchain --cwl scan.cwl --yaml inputs.yaml --outDS user.alice.scan7 --check
  $ pchain --cwl scan.cwl --yaml inputs.yaml --outDS user.alice.scan7 --wait --output scan7.tar.gz
  $ pchain follow

With no PanDA configured, workflows run on this machine. Topics: pchain help exit-codes, pchain help environment.
`;

// The options of a submission: `pchain` without a command. Names that the official client has mean what they mean there.
import { Option } from 'commander';
import type { Command } from 'commander';
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
} from '../options.ts';
import { hpoScaleOption, hpoSeedOption, hpoSteeringOption } from './search-options.ts';

export function submissionOptions(program: Command): Command {
  workflowOptions(program.optionsGroup('The workflow:'));
  courseOptions(program.optionsGroup('What becomes of it:'));
  machineOptions(program.optionsGroup('On this machine:'));
  gridOptions(program.optionsGroup('On the grid:'));
  return common(program.optionsGroup('General:'));
}

function courseOptions(program: Command): void {
  program
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
    .addOption(serverOption())
    .addOption(new Option('--dumpJson <file>', 'write how it went as JSON'));
}

function machineOptions(program: Command): void {
  program
    .addOption(datasetOption())
    .addOption(jobsOption())
    .addOption(new Option('--max-iterations <number>', 'iterations that a loop may have (100)'))
    .addOption(containersOption())
    .addOption(new Option('--weather <file>', 'troubles that jobs meet on purpose'))
    .addOption(hpoScaleOption())
    .addOption(hpoSteeringOption())
    .addOption(hpoSeedOption());
}

function gridOptions(program: Command): void {
  program
    .addOption(
      new Option('--maxSizeInSandbox <megabytes>', 'largest file that travels in the sandbox').default('1'),
    )
    .addOption(new Option('--extFile <patterns>', 'files that travel whatever their size'))
    .addOption(new Option('--useAthenaPackages', 'send the Athena packages that were built here'))
    .addOption(
      new Option('--lasting <hours>', 'how long it may take: what ends sooner is refused before it is sent'),
    )
    .addOption(new Option('--force', 'submit although a credential ends too early'))
    .addOption(new Option('--vo <name>', 'virtual organisation'))
    .addOption(new Option('--official', 'make datasets of a group: group.<group>.<name>'))
    .addOption(new Option('--workingGroup <name>', 'working group of the tasks'))
    .addOption(new Option('--prodSourceLabel <label>', 'label of the tasks'))
    .addOption(new Option('--workflowName <name>', 'a name for the workflow'))
    .addOption(new Option('--relayHost <host>', 'send it by way of this host'))
    // Taken from the scripts that have them; they change nothing.
    .addOption(new Option('--noEmail').hideHelp())
    .addOption(new Option('--voms <roles>').hideHelp())
    .addOption(new Option('--intrSrv').hideHelp())
    .addOption(new Option('--debug').hideHelp())
    .addOption(new Option('-3').hideHelp());
}

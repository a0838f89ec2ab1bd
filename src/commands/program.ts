// The command line: which commands and options there are. What they do is loaded when it is asked for.
import type { Command } from 'commander';
import type { ExitCode } from '../base/exit-code.ts';
import { runCommandLine } from './command-line.ts';
import { addCompletionCommands } from './groups/completion-commands.ts';
import { addFileCommands } from './groups/file-commands.ts';
import { addIdentityCommands } from './groups/identity-commands.ts';
import { addReanaCommands } from './groups/reana-commands.ts';
import { addRequestCommands } from './groups/request-commands.ts';
import { addSettingsCommands } from './groups/settings-commands.ts';
import type { Host, World } from './host.ts';
import type { Done } from './options.ts';
import { addHelpCommand, newProgram, unknownCommand } from './program-base.ts';
import { submissionOptions } from './submit/submission-options.ts';

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

  submissionOptions(program)
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

  addFileCommands(program.commandsGroup('Files:'), host, done);
  addRequestCommands(program.commandsGroup('What was submitted:'), host, done);
  addReanaCommands(program.commandsGroup('REANA:'), host, done);
  addIdentityCommands(program.commandsGroup('Who you are, and what you have set:'), host, done);
  addSettingsCommands(program, host, done);
  addCompletionCommands(program, host, done);
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

// The command line of `pbook`: `pbook secrets …`, the batch commands that people know, `pbook COMMAND [ARG] [KEY=VALUE]`, and,
// without any words at a terminal, a prompt that takes both.
// Each group declares its commands in a file of its own; what they do is loaded when it is asked for.
import type { Command } from 'commander';
import { ExitCode } from '../../base/exit-code.ts';
import { runCommandLine, runWords } from '../command-line.ts';
import { addClassicSecretCommands } from '../groups/classic-secret-commands.ts';
import { addSecretCommands } from '../groups/secret-commands.ts';
import type { Host, World } from '../host.ts';
import { common, type Done } from '../options.ts';
import { addHelpCommand, newProgram, unknownCommand } from '../program-base.ts';

/** Runs what the words ask for and gives the exit code; nothing is thrown. */
export function runProgram(words: readonly string[], world: World): Promise<ExitCode> {
  return runCommandLine(words, world, buildProgram);
}

function buildProgram(host: Host, done: Done): Command {
  const program = newProgram('pbook', 'Keeps secrets for PanDA and REANA.', host);
  common(program)
    .argument('[command]')
    .argument('[words...]')
    .action(async (word: string | undefined) => {
      if (word !== undefined) unknownCommand(program, word);
      if (!host.terminal.canAsk) {
        program.outputHelp();
        return;
      }
      const { runPrompt } = await import('./prompt.ts');
      done(await runPrompt(host, (words) => runWords(words, host, buildProgram)));
    })
    .addHelpText(
      'after',
      "\nWithout a command, at a terminal, it asks for commands: set_secret('KEY', 'VALUE'), list_secrets().\n",
    );
  addSecretCommands(program, host, done);
  addClassicSecretCommands(program, host, done);
  addHelpCommand(program, host);
  return program;
}

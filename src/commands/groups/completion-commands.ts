// Commands for the shell: its completion.
import { Argument } from 'commander';
import type { Command } from 'commander';
import { ExitCode } from '../../base/exit-code.ts';
import type { Host } from '../host.ts';
import { common } from '../options.ts';
import type { Done } from '../options.ts';

/** `pchain completion SHELL`, and what its scripts ask. To be added last: both tell of all commands. */
export function addCompletionCommands(program: Command, host: Host, done: Done): void {
  common(program.command('completion').description('print what makes Tab complete pchain in your shell'))
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', notes)
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { completionScripts } = await import('../completion-scripts.ts');
      host.terminal.out(completionScripts[shell].trimEnd());
      done(ExitCode.done);
    });

  program
    .command('complete-words', { hidden: true })
    .argument('[words...]')
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      const { runCompleteWords } = await import('../pchain/complete-words.ts');
      done(await runCompleteWords(words, program, host));
    });
}

const notes = `
Examples:
  $ source <(pchain completion bash)
  $ source <(pchain completion zsh)
  $ pchain completion fish > ~/.config/fish/completions/pchain.fish
`;

// What both programs have: the form of their help, and an answer to a word that is no command.
import { Command } from 'commander';
import { closest } from '../base/closest.ts';
import { ExitCode } from '../base/exit-code.ts';
import type { Host } from './host.ts';
import { topics } from './topics.ts';

export function newProgram(name: string, description: string, host: Host): Command {
  const { terminal } = host;
  return new Command(name)
    .description(description)
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
}

/** To be added last: it tells of all commands before it. */
export function addHelpCommand(program: Command, host: Host): void {
  program
    .command('help')
    .description(`show a page about a command, or about: ${Object.keys(topics).join(', ')}`)
    .argument('[words...]')
    .action((asked: string[]) => showHelp(program, asked, host));
}

export function unknownCommand(program: Command, word: string): never {
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

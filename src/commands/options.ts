// Options that several commands share, and what every command has.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExitCode } from '../base/exit-code.ts';

/** Takes the exit code of the command that ran. */
export type Done = (exitCode: ExitCode) => void;

export function workflowOptions(command: Command): Command {
  return command
    .addOption(new Option('--cwl <file>', 'the workflow, in CWL'))
    .addOption(new Option('--snakefile <file>', 'the workflow, as a Snakefile for PanDA'))
    .addOption(new Option('--wfd <file>', "the workflow, as PanDA's native description (YAML)"))
    .addOption(
      new Option(
        '--template <name>',
        'a workflow that is written for you: multistep_merge merges ROOT files to one',
      ),
    )
    .addOption(new Option('--inDS <dataset>', 'the dataset that a template works on'))
    .addOption(new Option('--prunFlags <key=value...>', 'options of prun for every step of a template'))
    .addOption(new Option('--yaml <file>', 'values of its inputs, beside CWL'))
    .addOption(new Option('--outDS <name>', 'name of the output: user.<nickname>.<name>'));
}

export function requestCommand(program: Command, name: string, description: string): Command {
  return common(program.command(name).description(description))
    .argument('[id]', 'id of a request or a task; the latest request when not given')
    .addOption(serverOption());
}

/** A command on any number of requests and tasks. */
export function requestsCommand(program: Command, name: string, description: string): Command {
  return common(program.command(name).description(description))
    .argument('[ids...]', 'ids of requests or tasks; the latest request when none is given')
    .addOption(serverOption());
}

export function common(command: Command): Command {
  return command
    .addOption(new Option('-v, --verbose', 'say more: each request, what was left out, causes'))
    .addOption(new Option('-q, --quiet', 'say less: data, warnings and errors only'))
    .addOption(new Option('--color', 'colours, whatever the terminal says').hideHelp())
    .addOption(new Option('--no-color', 'no colours').hideHelp())
    .helpOption('-h, --help', 'show this page')
    .allowExcessArguments(command.name() === 'pchain')
    .exitOverride();
}

export const serverOption = (): Option =>
  new Option(
    '--server <where>',
    '`local` (this machine), the name of a profile, or the address of a PanDA server',
  );
export const minSuccessOption = (): Option =>
  new Option(
    '--min-success <share>',
    'take partial success for success from this share of finished jobs, like 0.98',
  );
export const datasetOption = (): Option =>
  new Option(
    '--dataset <name=path>',
    'files on this machine that are an input dataset; a path or pattern; may be repeated',
  ).argParser(collect);
export const jobsOption = (): Option =>
  new Option('--jobs <number>', 'jobs at the same time on this machine');
export const containersOption = (): Option =>
  new Option(
    '--containers <mode>',
    'steps with an image on this machine: `never` in it, `auto` where an engine works, `require` it; or the name of an engine',
  );
export const strictOption = (): Option => new Option('--strict', 'warnings count as errors');
export const fixOption = (): Option =>
  new Option('--fix', 'put in the corrections that are certain; comments and layout stay');
export const formatOption = (): Option =>
  new Option('--format <format>', 'how findings are shown').choices([
    'full',
    'short',
    'json',
    'github',
    'sarif',
  ]);

export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

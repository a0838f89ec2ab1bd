// Commands about files alone: they ask nobody.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { common, fixOption, formatOption, strictOption, workflowOptions } from '../options.ts';
import type { Done } from '../options.ts';

/** check, graph, explain and forecast. */
export function addFileCommands(program: Command, host: Host, done: Done): void {
  common(program.command('check').description('check workflow files; no account, no network'))
    .argument(
      '<file...>',
      'CWL, Snakefiles, native workflows, reana.yaml; patterns; directories, for all .cwl files below',
    )
    .addOption(new Option('--yaml <file>', 'inputs of a CWL workflow'))
    .addOption(
      new Option('--outDS <name>', 'name of the output; the files that would be sent are then checked, too'),
    )
    .addOption(formatOption())
    .addOption(strictOption())
    .addOption(fixOption())
    .addOption(new Option('--inputs-template', 'print a skeleton of the inputs file, and stop'))
    .addHelpText('after', checkNotes)
    .action(async (files: string[], options: Record<string, unknown>) => {
      const { runCheck } = await import('../pchain/check.ts');
      done(await runCheck(files, options, host));
    });

  common(program.command('graph').description('draw a workflow'))
    .argument('<file>', 'workflow file')
    .addOption(new Option('--yaml <file>', 'inputs of a CWL workflow: how often a scattered step runs'))
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
      const { runGraph } = await import('../pchain/graph.ts');
      done(await runGraph(file, options, host));
    });

  common(program.command('explain').description('show the page of a code of findings, or list all codes'))
    .argument('[code]', 'as a finding names it: cwl/unknown-field')
    .action(async (code: string | undefined) => {
      const { runExplain } = await import('../pchain/explain.ts');
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
      const { runForecast } = await import('../pchain/forecast.ts');
      done(await runForecast(options, host));
    });
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

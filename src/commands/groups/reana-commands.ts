// Commands about REANA.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { collect, common, formatOption, strictOption } from '../options.ts';
import type { Done } from '../options.ts';

/** `pchain reana …`. */
export function addReanaCommands(program: Command, host: Host, done: Done): void {
  const reana = program.command('reana').description('offload work to REANA').helpCommand(false);
  common(
    reana
      .command('validate')
      .description('check an analysis: the specification, its workflow, its inputs; no account, no network'),
  )
    .option('-f, --file <file>', 'the specification; reana.yaml when it is not given')
    .addOption(
      new Option('--set <name=value>', 'value of a placeholder in a template; may be repeated').argParser(
        collect,
      ),
    )
    .addOption(
      new Option('-p, --parameter <name=value>', 'input parameter of the run; may be repeated').argParser(
        collect,
      ),
    )
    .addOption(
      new Option('--secret <names...>', 'secrets that REANA has; what steps need must be among them'),
    )
    .addOption(new Option('--environments', 'list the container images of the steps'))
    .addOption(formatOption())
    .addOption(strictOption())
    .action(async (options: Record<string, unknown>) => {
      const { runReanaValidate } = await import('../pchain/reana-validate.ts');
      done(await runReanaValidate(options, host));
    });

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
      const { runReanaRun } = await import('../pchain/reana-run.ts');
      done(await runReanaRun(options, host));
    });
}

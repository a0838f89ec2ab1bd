// Commands about the settings.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { common } from '../options.ts';
import type { Done } from '../options.ts';

/** `pchain config …`. */
export function addSettingsCommands(program: Command, host: Host, done: Done): void {
  const config = program
    .command('config')
    .description('show the settings and where each comes from, or change one')
    .helpCommand(false);
  common(config.command('list', { isDefault: true }).description('show the settings in force'))
    .addOption(new Option('--json', 'print JSON (schema: schemas/config.schema.json)'))
    .action(async (options: Record<string, unknown>) => {
      const { listConfig } = await import('../pchain/config.ts');
      done(await listConfig(options, host));
    });
  common(config.command('set').description('put a setting into the settings file'))
    .argument('<name>', 'as in the file: `secrets`, `server`, `profiles.cern.panda_url_ssl`')
    .argument('<value>', 'its value')
    .action(async (name: string, value: string) => {
      const { changeConfig } = await import('../pchain/config.ts');
      done(await changeConfig(name, value, host));
    });
  common(config.command('unset').description('take a setting out of the settings file'))
    .argument('<name>', 'as in the file')
    .action(async (name: string) => {
      const { changeConfig } = await import('../pchain/config.ts');
      done(await changeConfig(name, undefined, host));
    });
}

// `pbook secrets …`.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { common, serverOption, type Done } from '../options.ts';

type Options = Readonly<Record<string, unknown>>;

const yesOption = (): Option => new Option('--yes', 'do not ask');
const startOption = (): Option =>
  new Option('--start', 'start the PanDA and REANA of this machine when they do not run');
const jsonOption = (): Option => new Option('--json', 'print JSON (schema: schemas/secrets.schema.json)');

export function addSecretCommands(program: Command, host: Host, done: Done): void {
  const secrets = program
    .command('secrets')
    .description('keep tokens, passwords, certificates and keys, and hand them to PanDA and REANA')
    .helpCommand(false);

  common(secrets.command('set').description('keep a secret in the keychain or the vault'))
    .argument('[name]', 'what jobs will call it; the name of the file when not given')
    .argument('[refused...]', '')
    .addOption(new Option('--file <path>', 'keep the bytes of this file'))
    .addOption(
      new Option('--kind <kind>', 'what a job sees: a variable, or a file; `file` with --file').choices([
        'value',
        'file',
      ]),
    )
    .usage('[name] [options]')
    .addHelpText('after', setNotes)
    .action(async (name: string | undefined, refused: readonly string[], options: Options) => {
      const { setSecret } = await import('../pbook/secrets-set.ts');
      done(await setSecret(name, refused, options, host));
    });

  common(secrets.command('list').description('show which secrets there are and where; never a value'))
    .addOption(jsonOption())
    .addOption(startOption())
    .addOption(serverOption())
    .action(async (options: Options) => {
      const { listSecrets } = await import('../pbook/secrets-list.ts');
      done(await listSecrets(options, host));
    });

  common(secrets.command('status').description('compare the keychain or vault with PanDA and REANA'))
    .addOption(jsonOption())
    .addOption(startOption())
    .addOption(serverOption())
    .action(async (options: Options) => {
      const { showSecretStatus } = await import('../pbook/secrets-status.ts');
      done(await showSecretStatus(options, host));
    });

  common(
    secrets.command('push').description('send secrets to PanDA or REANA, replacing those of the same name'),
  )
    .argument('[names...]', 'all that are kept when none is given')
    .addOption(
      new Option('--to <where>', 'where they go').choices(['panda', 'reana', 'all']).makeOptionMandatory(),
    )
    .addOption(new Option('--force', 'send them also when `pbook secrets check` finds errors in them'))
    .addOption(serverOption())
    .action(async (names: readonly string[], options: Options) => {
      const { pushSecrets } = await import('../pbook/secrets-push.ts');
      done(await pushSecrets(names, options, host));
    });

  common(secrets.command('delete').description('forget secrets'))
    .argument('[names...]', 'which ones')
    .addOption(new Option('--all', 'all of them'))
    .addOption(
      new Option('--from <where>', 'where they are forgotten')
        .choices(['kept', 'panda', 'reana', 'all'])
        .default('kept', 'the keychain or vault'),
    )
    .addOption(yesOption())
    .addOption(serverOption())
    .action(async (names: readonly string[], options: Options) => {
      const { deleteSecrets } = await import('../pbook/secrets-delete.ts');
      done(await deleteSecrets(names, options, host));
    });

  common(secrets.command('check').description('look for faults in secrets before a job does'))
    .argument('[names...]', 'all that there are when none is given')
    .addOption(new Option('--json', 'print JSON (schema: schemas/secrets-check.schema.json)'))
    .action(async (names: readonly string[], options: Options) => {
      const { checkSecretsCommand } = await import('../pbook/secrets-check.ts');
      done(await checkSecretsCommand(names, options, host));
    });
}

const setNotes = `
The value is asked for, or read from standard input. It is never taken from the command line, which other users of this
machine and the history of your shell can read.

Examples:
  $ pbook secrets set REANA_ACCESS_TOKEN
  $ pbook secrets set --file ~/.globus/userkey.pem
  $ pass show voms | pbook secrets set VOMSPROXY_PASS
`;

// The four commands for secrets that `pbook` has always had. They speak to PanDA alone.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { common, serverOption, type Done } from '../options.ts';

type Options = Readonly<Record<string, unknown>>;

export function addClassicSecretCommands(program: Command, host: Host, done: Done): void {
  const classic = (name: string, description: string, words: string): Command =>
    common(program.command(name).description(description))
      .argument('[words...]', words)
      .addOption(serverOption());

  classic(
    'set_secret',
    'send a secret to PanDA; `pbook secrets set` keeps it off the command line',
    'NAME VALUE [is_file=True]',
  ).action(async (words: readonly string[], options: Options) => {
    const { setClassicSecret } = await import('../pbook/classic-secrets.ts');
    done(await setClassicSecret(words, options, host));
  });
  classic('list_secrets', 'show the secrets that PanDA keeps', '[full=True]')
    .addOption(new Option('--yes', 'with full=True: show the values without asking'))
    .action(async (words: readonly string[], options: Options) => {
      const { listClassicSecrets } = await import('../pbook/classic-secrets.ts');
      done(await listClassicSecrets(words, options, host));
    });
  classic('delete_secret', 'delete a secret from PanDA', 'NAME').action(
    async (words: readonly string[], options: Options) => {
      const { deleteClassicSecret } = await import('../pbook/classic-secrets.ts');
      done(await deleteClassicSecret(words, options, host));
    },
  );
  classic('delete_all_secrets', 'delete all secrets from PanDA', '')
    .addOption(new Option('--yes', 'do not ask'))
    .action(async (words: readonly string[], options: Options) => {
      const { deleteAllClassicSecrets } = await import('../pbook/classic-secrets.ts');
      done(await deleteAllClassicSecrets(words, options, host));
    });
}

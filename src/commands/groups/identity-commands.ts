// Commands about who the user is, and whether everything a submission needs is there.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { common, serverOption } from '../options.ts';
import type { Done } from '../options.ts';

/** login, logout, whoami and doctor. */
export function addIdentityCommands(program: Command, host: Host, done: Done): void {
  common(program.command('login').description('sign in to a PanDA server, in a browser on any device'))
    .addOption(serverOption())
    .addHelpText('after', loginNotes)
    .action(async (options: Record<string, unknown>) => {
      const { runLogin } = await import('../pchain/login.ts');
      done(await runLogin(options, host));
    });

  common(program.command('logout').description('forget the sign-in to a PanDA server'))
    .addOption(serverOption())
    .action(async (options: Record<string, unknown>) => {
      const { runLogout } = await import('../pchain/logout.ts');
      done(await runLogout(options, host));
    });

  common(
    program
      .command('whoami')
      .description('show who you are to PanDA and REANA, where that comes from, and until when'),
  )
    .addOption(serverOption())
    .addOption(new Option('--json', 'print JSON (schema: schemas/whoami.schema.json)'))
    .action(async (options: Record<string, unknown>) => {
      const { runWhoami } = await import('../pchain/whoami.ts');
      done(await runWhoami(options, host));
    });

  common(program.command('doctor').description('look whether everything is there that a submission needs'))
    .addOption(serverOption())
    .addOption(new Option('--json', 'print JSON (schema: schemas/doctor.schema.json)'))
    .action(async (options: Record<string, unknown>) => {
      const { runDoctor } = await import('../pchain/doctor.ts');
      done(await runDoctor(options, host));
    });
}

const loginNotes = `
The tokens are kept in the keychain or the vault (\`pchain config set secrets …\`) and renew themselves. A token in
PANDA_AUTH_ID_TOKEN, OIDC_AUTH_TOKEN_FILE or OIDC_AUTH_ID_TOKEN is used instead of them.
`;

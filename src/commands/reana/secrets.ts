// `pchain reana secrets [list|add|delete]`: the secrets that REANA keeps; their values are never shown.
import { PchainError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import { noteSent } from '../../reana/offload/send-secrets.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';
import { printJson, reanaConnection } from './connection.ts';
import type { Options } from './connection.ts';
import { secretFingerprints, secretsGiven, warnUnnoted } from './given-secrets.ts';

export async function runReanaSecrets(
  action: string | undefined,
  names: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  switch (action ?? 'list') {
    case 'list':
      return list(options, host);
    case 'add':
      return add(names, options, host);
    case 'delete':
      return remove(names, options, host);
    default:
      throw new UsageError(`\`secrets\` cannot \`${action ?? ''}\``, {
        hint: 'it takes `list`, `add` or `delete`',
      });
  }
}

async function list(options: Options, host: Host): Promise<ExitCode> {
  const client = new ReanaClient((await reanaConnection(host)).setup, host.signal);
  const secrets = [...(await client.secrets.names())].map(([name, type]) => ({ name, type }));
  if (options['json'] === true) {
    printJson({ server: client.server, secrets }, host);
    return ExitCode.done;
  }
  if (secrets.length === 0 && host.terminal.stdout.isTty) host.terminal.say('REANA keeps no secret of yours');
  const columns = ['name', 'type'].map((title) => ({ title, kind: 'name' as const }));
  host.terminal.out(
    renderTable(
      columns,
      secrets.map(({ name, type }) => [name, type]),
      host.terminal.stdout,
    ),
  );
  return ExitCode.done;
}

async function add(names: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const secrets = await secretsGiven({ ...options, secret: names }, settings, host);
  if (secrets.size === 0) {
    throw new UsageError('no secret is given', {
      hint: 'name variables or files, or use `--env NAME=VALUE` and `--file PATH`',
    });
  }
  const { setup } = await reanaConnection(host, settings);
  const client = new ReanaClient(setup, host.signal);
  const replaces = options['overwrite'] === true;
  if (!(await client.secrets.add(secrets, replaces ? 'replace' : 'refuse'))) {
    const known = await client.secrets.names();
    const there = [...secrets.keys()].filter((name) => known.has(name));
    throw new PchainError(
      ExitCode.findings,
      `REANA has ${there.map((name) => `\`${name}\``).join(', ')} already; nothing was added`,
      { hint: '`--overwrite` replaces what is there' },
    );
  }
  const unnoted = await noteSent(client.server, secrets, secretFingerprints(settings));
  if (options['json'] === true) printJson({ server: client.server, added: [...secrets.keys()] }, host);
  else host.terminal.say(`REANA now has ${[...secrets.keys()].join(', ')}`);
  if (unnoted !== undefined) warnUnnoted(unnoted, host);
  return ExitCode.done;
}

async function remove(names: readonly string[], options: Options, host: Host): Promise<ExitCode> {
  if (names.length === 0) throw new UsageError('no secret is named', { hint: 'name those to be deleted' });
  const client = new ReanaClient((await reanaConnection(host)).setup, host.signal);
  const missing = await client.secrets.delete(names);
  if (missing.length > 0) {
    throw new PchainError(
      ExitCode.findings,
      `REANA has no secret ${missing.map((name) => `\`${name}\``).join(', ')}; nothing was deleted`,
    );
  }
  if (options['json'] === true) printJson({ server: client.server, deleted: names }, host);
  else host.terminal.say(`REANA has forgotten ${names.join(', ')}`);
  return ExitCode.done;
}

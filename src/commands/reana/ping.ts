// `pchain reana ping`: is the server there, is it REANA, does it take the token, and how much is used.
import { ExitCode } from '../../base/exit-code.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';

export async function runPing(options: Options, host: Host): Promise<ExitCode> {
  const client = await reanaClient(host);
  const user = await client.ping();
  const protocol = await client.protocol();
  const version = user.serverVersion ?? protocol.serverVersion;
  if (options['json'] === true) {
    printJson(
      {
        server: client.server,
        server_version: version ?? null,
        user: user.user,
        email: user.email,
        takes_bundles: protocol.takesBundles,
        quota: user.quota.map((quota) => ({
          resource: quota.resource,
          used: quota.usedRaw ?? null,
          limit: quota.limitRaw ?? null,
        })),
      },
      host,
    );
    return ExitCode.done;
  }
  host.terminal.out(
    [
      `server   ${client.server}`,
      `version  ${version ?? 'not told'}`,
      `user     ${[user.user, user.email === '' ? '' : `<${user.email}>`].filter(Boolean).join(' ')}`,
      `takes    ${protocol.takesBundles ? 'bundles of specification files' : 'loaded specifications'}`,
    ].join('\n'),
  );
  const rows = user.quota.map((quota) => [quota.resource, quota.used, quota.limit ?? 'none']);
  const columns = ['quota', 'used', 'limit'].map((title) => ({ title, kind: 'name' as const }));
  if (rows.length > 0) host.terminal.out(renderTable(columns, rows, host.terminal.stdout));
  return ExitCode.done;
}

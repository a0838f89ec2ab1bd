// Which PanDA a command speaks to, and how.
import { existsSync } from 'node:fs';
import { UsageError } from '../../base/errors.ts';
import { createHttpClient } from '../../http/client.ts';
import type { HttpClient } from '../../http/client.ts';
import type { ClientCertificate } from '../../http/trust.ts';
import { isSecure } from '../../identity/oidc/provider.ts';
import { generationNote } from '../../ledger/server-notes.ts';
import { pandaServer } from '../../panda/connection.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { hello } from '../../panda/embedded.ts';
import { readAuthorities, readCertificates } from '../../settings/files.ts';
import { sourceText } from '../../settings/source.ts';
import type { Settings } from '../../settings/settings.ts';
import { connectEmbedded } from './embedded-server.ts';
import type { Host } from '../host.ts';
import { pandaCredential } from '../credentials/panda-credential.ts';

export interface Connection {
  readonly server: PandaServer;
  /** It offers what only pchain's own server has: events, files, logs. */
  readonly isEmbedded: boolean;
  /** How the ledger names it: `local`, or its origin. */
  readonly name: string;
  /** A connection to the same server after it went away; the one of this machine is started again. */
  readonly again: () => Promise<Connection>;
}

/** Opens the connection that the settings ask for.
 *  @throws AuthError without a token, LocalError when the embedded server cannot be started */
export async function connect(settings: Settings, host: Host): Promise<Connection> {
  if (settings.server.value.kind === 'local') {
    const http = httpClient(settings, host);
    const open = async (): Promise<Connection> => ({
      server: await connectEmbedded(settings, http, host),
      isEmbedded: true,
      name: 'local',
      again: open,
    });
    return open();
  }
  const server = remoteServer(settings, host);
  // A server may want to see the certificate before it answers anything.
  if (settings.auth.value !== 'oidc') await server.token();
  const isEmbedded = (await hello(server)) !== undefined;
  const connection: Connection = {
    server,
    isEmbedded,
    name: server.origin,
    again: () => Promise.resolve(connection),
  };
  return connection;
}

/** @param client the certificate to show, asked before each connection */
export function httpClient(
  settings: Settings,
  host: Host,
  client?: () => ClientCertificate | undefined,
): HttpClient {
  return createHttpClient({
    clock: host.clock,
    userAgent: `pchain/${host.version}`,
    log: (line) => host.terminal.say(line),
    // Thousands of lines that nobody asked for would be made for nothing.
    ...(host.terminal.loudness === 'verbose' ? { trace: (line) => host.terminal.detail(line) } : {}),
    tls: {
      verify: settings.verifyHost.value,
      client,
      ca: () => authorities(settings),
      onUnverified: () => warnUnverified(settings, host),
    },
  });
}

/** Where grid machines keep their authorities. */
const usualCertificateDirectory = '/etc/grid-security/certificates';

async function authorities(settings: Settings): Promise<readonly string[]> {
  const { certificateFiles: files, certificateDirectory } = settings;
  const named = await readAuthorities({ files, directory: certificateDirectory.value });
  if (certificateDirectory.value !== undefined || !existsSync(usualCertificateDirectory)) return named;
  // Nobody asked for it, so it need not be in order.
  const usual = await readCertificates(usualCertificateDirectory).catch(() => []);
  return [...named, ...usual];
}

/** Those that were warned: a command may have several clients. */
const warned = new WeakSet<Host>();

function warnUnverified(settings: Settings, host: Host): void {
  if (warned.has(host)) return;
  warned.add(host);
  const where = sourceText(settings.verifyHost.source);
  host.terminal.warn(
    `certificates of servers are not checked (${where}): anybody on the way can read your token`,
  );
}

function remoteServer(settings: Settings, host: Host): PandaServer {
  const url = settings.pandaUrlSsl.value;
  if (url === undefined) {
    throw new UsageError('no address of a PanDA server is set', {
      hint: 'set PANDA_URL_SSL, or name a profile with --server',
    });
  }
  if (!isSecure(url)) {
    host.terminal.warn(`\`${new URL(url).origin}\` is not secure: anybody on the way can read your token`);
  }
  const credential = pandaCredential(settings, httpClient(settings, host), host);
  return pandaServer({
    http: httpClient(settings, host, () => credential.certificate()),
    pandaUrlSsl: url,
    pandaCacheUrl: settings.pandaCacheUrl.value,
    // A certificate names the organisation itself.
    authVo: settings.auth.value === 'oidc' ? settings.authVo.value : undefined,
    generation: generationNote(settings.locations.dataDirectory, new URL(url).origin),
    token: () => credential.token(),
    tokenInstead: (refused) => credential.tokenInstead(refused),
  });
}

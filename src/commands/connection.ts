// Which PanDA a command speaks to, and how.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError, systemCode } from '../base/errors.ts';
import { createHttpClient } from '../http/client.ts';
import type { HttpClient } from '../http/client.ts';
import { pandaServer } from '../panda/connection.ts';
import type { PandaServer } from '../panda/connection.ts';
import { hello } from '../panda/embedded.ts';
import { findToken } from '../panda/token.ts';
import type { Settings } from '../settings/settings.ts';
import { connectEmbedded } from './embedded-server.ts';
import type { Host } from './host.ts';

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
  const http = await httpClient(settings, host);
  if (settings.server.value.kind === 'local') {
    const open = async (): Promise<Connection> => ({
      server: await connectEmbedded(settings, http, host),
      isEmbedded: true,
      name: 'local',
      again: open,
    });
    return open();
  }
  const server = remoteServer(settings, http, host);
  const isEmbedded = (await hello({ http, origin: server.origin })) !== undefined;
  const connection: Connection = {
    server,
    isEmbedded,
    name: server.origin,
    again: () => Promise.resolve(connection),
  };
  return connection;
}

export async function httpClient(settings: Settings, host: Host): Promise<HttpClient> {
  return createHttpClient({
    clock: host.clock,
    userAgent: `pchain/${host.version}`,
    log: (line) => host.terminal.say(line),
    tls: { verify: settings.verifyHost.value, ca: await certificates(settings.certificateDirectory.value) },
  });
}

function remoteServer(settings: Settings, http: HttpClient, host: Host): PandaServer {
  const url = settings.pandaUrlSsl.value;
  if (url === undefined) {
    throw new UsageError('no address of a PanDA server is set', {
      hint: 'set PANDA_URL_SSL, or name a profile with --server',
    });
  }
  return pandaServer({
    http,
    pandaUrlSsl: url,
    pandaCacheUrl: settings.pandaCacheUrl.value,
    authVo: settings.authVo.value,
    token: async () => {
      if (settings.auth.value !== 'oidc') return undefined;
      const found = await findToken({
        env: host.env,
        configRoot: settings.locations.pandaConfigRoot,
        readFile: optionalText,
        nowMs: host.clock.nowMs(),
      });
      return found.token;
    },
  });
}

async function optionalText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Grid sites keep authorities as files `<hash>.0` or `*.pem` in a folder. */
async function certificates(directory: string | undefined): Promise<readonly string[]> {
  if (directory === undefined) return [];
  const names = await readdir(directory).catch(() => []);
  const wanted = names.filter((name) => /\.(pem|crt|\d)$/.test(name));
  return Promise.all(wanted.map((name) => readFile(join(directory, name), 'utf8')));
}

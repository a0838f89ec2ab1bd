// PanDA and REANA as places where secrets can be: one way to list, put and delete for both.
import { Buffer } from 'node:buffer';
import { PchainError, UsageError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { deletePandaSecret, readPandaSecrets, setPandaSecret } from '../../panda/secrets.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import type { Secrets } from '../../secrets/open.ts';
import type { SecretName } from '../../secrets/port.ts';
import type { Settings } from '../../settings/settings.ts';
import { connect, httpClient } from '../servers/connection.ts';
import { runningEmbedded } from '../servers/embedded-server.ts';
import type { Host } from '../host.ts';

export type PlaceKind = 'panda' | 'reana';
export const placeKinds: readonly PlaceKind[] = ['panda', 'reana'];
export const placeTitles: Readonly<Record<PlaceKind, string>> = { panda: 'PanDA', reana: 'REANA' };

/** A secret that a place has. */
export interface PlacedSecret extends SecretName {
  /** `undefined`: the place does not give it back (REANA). */
  readonly value: Secret | undefined;
}

export interface SecretPlace {
  readonly kind: PlaceKind;
  /** `local`, or an address. */
  readonly server: string;
  list(): Promise<readonly PlacedSecret[]>;
  /** Puts one there; one of the same name is replaced. */
  put(secret: SecretName, value: Secret): Promise<void>;
  /** Removes those that are there. */
  remove(secrets: readonly SecretName[]): Promise<void>;
}

/** A place that can be asked, or why not. */
export type FoundPlace =
  | { readonly state: 'open'; readonly place: SecretPlace }
  | { readonly state: 'absent'; readonly kind: PlaceKind; readonly why: string; readonly error: PchainError };

/** @param start the embedded server is started when it does not run
 *  @param signal ends every request */
export async function findPlace(
  kind: PlaceKind,
  context: { readonly settings: Settings; readonly secrets: Secrets; readonly host: Host },
  options: { readonly start: boolean; readonly signal: AbortSignal },
): Promise<FoundPlace> {
  const { settings, secrets, host } = context;
  try {
    const isLocal =
      settings.server.value.kind === 'local' &&
      (kind === 'panda' || settings.reanaServerUrl.value === undefined);
    const local = isLocal ? await localServer(settings, host, options.start) : undefined;
    const place =
      kind === 'panda'
        ? pandaPlace(local ?? (await connect(settings, host)).server, isLocal, options.signal)
        : await reanaPlace(local, settings, { secrets, host, signal: options.signal });
    return { state: 'open', place };
  } catch (thrown) {
    if (!(thrown instanceof PchainError)) throw thrown;
    return { state: 'absent', kind, why: thrown.message, error: thrown };
  }
}

async function localServer(settings: Settings, host: Host, start: boolean): Promise<PandaServer> {
  if (start) return (await connect(settings, host)).server;
  const server = await runningEmbedded(settings, httpClient(settings, host));
  if (server !== undefined) return server;
  throw new UsageError('the one of this machine does not run', { hint: '`--start` starts it' });
}

function pandaPlace(server: PandaServer, isLocal: boolean, signal: AbortSignal): SecretPlace {
  return {
    kind: 'panda',
    server: isLocal ? 'local' : server.origin,
    list: () => readPandaSecrets(server, signal),
    put: (secret, value) => setPandaSecret(server, secret, value, signal),
    async remove(names) {
      for (const name of names) await deletePandaSecret(server, name, signal);
    },
  };
}

async function reanaPlace(
  local: PandaServer | undefined,
  settings: Settings,
  context: { readonly secrets: Secrets; readonly host: Host; readonly signal: AbortSignal },
): Promise<SecretPlace> {
  const server = settings.reanaServerUrl.value ?? local?.origin;
  if (server === undefined) {
    throw new UsageError('no REANA server is set', { hint: 'set REANA_SERVER_URL' });
  }
  const token = local === undefined ? await context.secrets.get('REANA_ACCESS_TOKEN') : await local.token();
  if (token === undefined) {
    throw new UsageError('there is no token for REANA', {
      hint: 'set REANA_ACCESS_TOKEN, or `pbook secrets set REANA_ACCESS_TOKEN`',
    });
  }
  const http = local?.http ?? httpClient(settings, context.host);
  const client = new ReanaClient({ http, server, token: new Secret(token.reveal().trim()) }, context.signal);
  return {
    kind: 'reana',
    server: local === undefined ? client.server : 'local',
    list: async () =>
      [...(await client.secrets.names())]
        .map(([name, type]): PlacedSecret => ({
          name,
          kind: type === 'file' ? 'file' : 'value',
          value: undefined,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    async put({ name, kind }, value) {
      const base64 = kind === 'file' ? value : new Secret(Buffer.from(value.reveal()).toString('base64'));
      const sent = { type: kind === 'file' ? 'file' : 'env', value: base64 } as const;
      await client.secrets.add(new Map([[name, sent]]), 'replace');
    },
    async remove(names) {
      const known = await client.secrets.names();
      const there = names.map(({ name }) => name).filter((name) => known.has(name));
      if (there.length > 0) await client.secrets.delete(there);
    },
  };
}

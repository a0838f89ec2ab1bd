// Names of the secrets that jobs would get, as far as that is known on this machine without asking anybody.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentStore } from '../../secrets/environment-store.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Host } from '../host.ts';

/** Variables that every job of the embedded server has, or those that ask for secrets: they can be handed on as well. */
const alwaysHere: readonly string[] = [
  'REANA_ACCESS_TOKEN',
  'REANA_SERVER_URL',
  'PANDA_AUTH_ID_TOKEN',
  'PANDA_URL',
  'PANDA_URL_SSL',
  'PANDACACHE_URL',
  'PANDA_AUTH',
  'PANDA_AUTH_VO',
  'PandaID',
  'PanDA_TaskID',
];

/** For this machine: variables of this shell, and what was pushed. For a server: what it had when pchain last saw its list.
 *  @returns `undefined` when nothing is known, so that nothing can be missed
 *  @throws UsageError when the environment gives one secret twice */
export async function knownSecrets(settings: Settings, host: Host): Promise<ReadonlySet<string> | undefined> {
  const seen = await seenAtPanda(settings);
  if (settings.server.value.kind === 'remote') return seen === undefined ? undefined : new Set(seen);
  const here = (await environmentStore(host.env).list()).map(({ name }) => name);
  return new Set([...alwaysHere, ...here, ...(seen ?? [])]);
}

/** Names that the PanDA of these settings had; `undefined`: it was never looked at. */
export async function seenAtPanda(settings: Settings): Promise<readonly string[] | undefined> {
  const { dataDirectory } = settings.locations;
  // Most machines have no such file, and a check should start at once.
  if (!existsSync(join(dataDirectory, 'secret-places.json'))) return undefined;
  const { readKnownPlaces } = await import('../../secrets/place-record.ts');
  const url = settings.pandaUrlSsl.value;
  const server = settings.server.value.kind === 'local' || url === undefined ? 'local' : new URL(url).origin;
  return (await readKnownPlaces(dataDirectory)).get(`panda ${server}`)?.names.map(({ name }) => name);
}

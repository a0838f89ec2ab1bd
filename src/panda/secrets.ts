// Secrets that PanDA keeps for jobs with `--useSecrets`.
import * as v from 'valibot';
import { UsageError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { SecretName } from '../secrets/port.ts';
import { longestSecretCharacters } from '../secrets/secret-rules.ts';
import { v1Get, v1Post, type PandaServer } from './connection.ts';
import { v1Data } from './envelope.ts';

/** A secret whose job side is a file is kept under this prefix, as base64 of its bytes. */
const filePrefix = '___file___:';

/** The key under which PanDA keeps a secret. */
function pandaSecretKey(secret: SecretName): string {
  return secret.kind === 'file' ? `${filePrefix}${secret.name}` : secret.name;
}

/** The secret that a key of PanDA stands for. */
function secretOfPandaKey(key: string): SecretName {
  return key.startsWith(filePrefix)
    ? { name: key.slice(filePrefix.length), kind: 'file' }
    : { name: key, kind: 'value' };
}

/** Keeps a secret on the server, replacing one of the same name.
 *  @param value the text itself; for a file the base64 of its bytes
 *  @throws UsageError when it is too long, or its name cannot be kept */
export async function setPandaSecret(
  server: PandaServer,
  name: SecretName,
  value: Secret,
  signal?: AbortSignal,
): Promise<void> {
  if (name.name === '' || name.name.startsWith(filePrefix)) {
    throw new UsageError(`\`${name.name}\` cannot be the name of a secret`);
  }
  const length = value.reveal().length;
  if (length > longestSecretCharacters) {
    throw new UsageError(
      `the secret \`${name.name}\` has ${length} characters as sent, and the server keeps at most ${longestSecretCharacters}`,
    );
  }
  await put(server, name, value.reveal(), signal);
}

/** Forgets a secret; one that does not exist is forgotten too. */
export async function deletePandaSecret(
  server: PandaServer,
  name: SecretName,
  signal?: AbortSignal,
): Promise<void> {
  await put(server, name, null, signal);
}

/** Forgets all of them. */
export async function deleteAllPandaSecrets(server: PandaServer, signal?: AbortSignal): Promise<void> {
  await put(server, undefined, null, signal);
}

/** @param name `undefined`: all there are */
async function put(
  server: PandaServer,
  name: SecretName | undefined,
  value: string | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const body = { key: name === undefined ? null : pandaSecretKey(name), value };
  v1Data(await v1Post(server, 'creds/set_user_secrets', body, { repeatable: true, signal }), v.unknown());
}

/** A secret as PanDA gives it back to its owner. */
export interface PandaSecret extends SecretName {
  /** The text itself; for a file the base64 of its bytes. */
  readonly value: Secret;
}

/** The secrets that PanDA keeps, sorted by name. `Secret` has seen their values, so they are masked wherever they turn up. */
export async function readPandaSecrets(
  server: PandaServer,
  signal?: AbortSignal,
): Promise<readonly PandaSecret[]> {
  const answer = await v1Get(server, 'creds/get_user_secrets', {}, { signal });
  const text = v1Data(answer, v.nullable(v.string()));
  if (text === null || text.trim() === '') return [];
  const secrets = readSecrets(text);
  if (secrets === undefined) {
    throw new HttpFailure(`the answer to \`${answer.name}\` has an unknown form`, {
      reached: 'answered',
      status: answer.status,
    });
  }
  return Object.entries(secrets)
    .map(([key, value]) => ({ ...secretOfPandaKey(key), value: new Secret(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The mapping inside the text; `undefined` when it is not one. No error of a parser leaves from here: it would
 *  quote what it could not read, and that is full of secrets. */
function readSecrets(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // A list passes for a record of its positions.
    const parsed = v.safeParse(v.record(v.string(), v.string()), value);
    return parsed.success && !Array.isArray(value) ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

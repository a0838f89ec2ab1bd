// Sees to it that REANA has the secrets of a run, without replacing any that somebody else may need as it is.
import { LocalError } from '../../base/errors.ts';
import type { ReanaClient } from '../protocol/client.ts';
import type { ReanaSecretValue } from '../protocol/secret-calls.ts';

/** Remembers what was last sent where, in a form that gives nothing away. */
export interface SecretFingerprints {
  /** Whether this value is the one that was last sent; `undefined`: none was sent from here. */
  isLastSent(server: string, name: string, secret: ReanaSecretValue): Promise<boolean | undefined>;
  remember(server: string, name: string, secret: ReanaSecretValue): Promise<void>;
}

export interface SentSecrets {
  readonly added: readonly string[];
  readonly replaced: readonly string[];
  /** There before, and the same as was last sent from here. */
  readonly same: readonly string[];
  /** There before, and of another or an unknown value: used as they are. */
  readonly kept: readonly string[];
  /** Why it could not be noted what was sent; `undefined`: it was. */
  readonly unnoted: string | undefined;
}

const tries = 3;

/** Adds secrets that REANA does not have. Of those that it has, one with another value than was last sent from here is
 *  replaced only when `replaces` says so.
 *  @throws as `ReanaWire.request` */
export async function sendSecrets(
  client: ReanaClient,
  secrets: ReadonlyMap<string, ReanaSecretValue>,
  replaces: boolean,
  fingerprints: SecretFingerprints,
): Promise<SentSecrets> {
  for (let attempt = 1; ; attempt++) {
    const known = await client.secrets.names();
    const added = new Map([...secrets].filter(([name]) => !known.has(name)));
    const same: string[] = [];
    const others = new Map<string, ReanaSecretValue>();
    for (const [name, secret] of secrets) {
      if (!known.has(name)) continue;
      if ((await fingerprints.isLastSent(client.server, name, secret)) === true) same.push(name);
      else others.set(name, secret);
    }
    const isAdded = added.size === 0 || (await client.secrets.add(added, 'refuse'));
    // Another process may have added one of them in between; nothing was stored then, so everything is looked at again.
    if (!isAdded && attempt < tries) continue;
    if (!isAdded) await client.secrets.add(added, 'replace');
    if (replaces && others.size > 0) await client.secrets.add(others, 'replace');
    const sent = replaces ? [...added, ...others] : [...added];
    const unnoted = await noteSent(client.server, new Map(sent), fingerprints);
    return {
      added: [...added.keys()],
      replaced: replaces ? [...others.keys()] : [],
      same,
      kept: replaces ? [] : [...others.keys()],
      unnoted,
    };
  }
}

/** Notes what has been sent. It has been sent, whether it can be noted or not.
 *  @returns why it could not be noted */
export async function noteSent(
  server: string,
  secrets: ReadonlyMap<string, ReanaSecretValue>,
  fingerprints: SecretFingerprints,
): Promise<string | undefined> {
  try {
    for (const [name, secret] of secrets) await fingerprints.remember(server, name, secret);
    return undefined;
  } catch (error) {
    if (error instanceof LocalError) return error.message;
    throw error;
  }
}

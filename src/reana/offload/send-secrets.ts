// Sees to it that REANA has the secrets of a run, without replacing any that somebody else may need as it is.
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
    for (const [name, secret] of sent) await fingerprints.remember(client.server, name, secret);
    return {
      added: [...added.keys()],
      replaced: replaces ? [...others.keys()] : [],
      same,
      kept: replaces ? [] : [...others.keys()],
    };
  }
}

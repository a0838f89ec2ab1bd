// Short fingerprints, to see whether two places hold the same secret. They are keyed, so that nobody can try guesses of a
// short password against one without the key, and the key lies in the store beside the secrets themselves.
import { Buffer } from 'node:buffer';
import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../base/secret.ts';
import { ownSeparator, type SecretName, type SecretStore } from './port.ts';

/** Gives the fingerprint of a value: eight hexadecimal digits. */
export type Fingerprint = (secret: Pick<SecretName, 'kind'>, value: Secret) => string;

const keyName = `pchain${ownSeparator}fingerprint-key`;

/** @returns `undefined` as long as there is no key: nothing was kept in this store yet */
export async function fingerprintOf(store: SecretStore): Promise<Fingerprint | undefined> {
  const key = await store.get(keyName);
  return key === undefined ? undefined : withKey(key);
}

/** As `fingerprintOf`; makes the key when there is none. */
export async function madeFingerprint(store: SecretStore): Promise<Fingerprint> {
  const known = await fingerprintOf(store);
  if (known !== undefined) return known;
  const key = new Secret(randomBytes(32).toString('base64'));
  await store.set({ name: keyName, kind: 'value' }, key);
  return withKey(key);
}

function withKey(key: Secret): Fingerprint {
  const keyBytes = Buffer.from(key.reveal(), 'base64');
  return ({ kind }, value) => {
    const bytes = Buffer.from(value.reveal(), kind === 'file' ? 'base64' : 'utf8');
    return createHmac('sha256', keyBytes).update(bytes).digest('hex').slice(0, 8);
  };
}

// Where secrets are kept: one port for the environment, the keychain of the system, and the vault.
import type { Secret } from '../base/secret.ts';

export interface SecretName {
  /** As the user calls it: `GITLAB_TOKEN`, `keytab`. */
  readonly name: string;
  /** `value`: a text. `file`: the bytes of a file, such as a key or a keytab. */
  readonly kind: 'value' | 'file';
}

export interface SecretEntry extends SecretName {
  /** Of the text in UTF-8, or of the file; `undefined`: not known without reading it. */
  readonly sizeBytes: number | undefined;
  /** Milliseconds since 1970; `undefined`: the store does not know. */
  readonly changedMs: number | undefined;
}

export interface SecretStore {
  /** Which kind of store this is, for messages. */
  readonly kind: 'environment' | 'keychain' | 'vault';
  /** True: `set` and `delete` throw a UsageError. */
  readonly isReadOnly: boolean;
  /** All entries, sorted by name, without any value; pchain's own are among them (see `isOwnName`).
   *  @throws LocalError when the store cannot be read, AuthError when its passphrase is wrong */
  list(): Promise<readonly SecretEntry[]>;
  /** The secret of a name: the text itself, or for a file the base64 of its bytes. `undefined`: there is none.
   *  @throws as `list`; LocalError when the file behind the secret cannot be read */
  get(name: string): Promise<Secret | undefined>;
  /** Keeps a secret, replacing one of the same name; it is safe when this resolves, or nothing has changed.
   *  @param value as `get` gives it
   *  @throws as `list`; UsageError for a name that no store keeps */
  set(secret: SecretName, value: Secret): Promise<void>;
  /** Forgets secrets; those that are not there are forgotten already.
   *  @returns the names that were there
   *  @throws as `list`; what was forgotten before stays forgotten */
  delete(names: readonly string[]): Promise<readonly string[]>;
}

/** The prefix of what pchain itself keeps in a store. No secret of a user has a colon in its name, and entries with
 *  one are never listed for the user, never pushed, and never handed to a job.
 *    signin:https://host:25443    tokens of a sign-in
 *    pchain:fingerprint-key       the key of fingerprints */
export const ownSeparator = ':';

export function isOwnName(name: string): boolean {
  return name.includes(ownSeparator);
}

// Where secrets come from: one port for the environment, a keychain, a vault.
import type { Secret } from '../base/secret.ts';

export interface SecretName {
  /** As the user calls it: `GITLAB_TOKEN`, `keytab`. */
  readonly name: string;
  /** `value`: a text. `file`: the bytes of a file, such as a key or a keytab. */
  readonly kind: 'value' | 'file';
}

export interface SecretStore {
  /** Which kind of store this is, for messages. */
  readonly kind: 'environment' | 'keychain' | 'vault';
  /** All names, sorted by name; reads no value. */
  list(): Promise<readonly SecretName[]>;
  /** The secret of a name: the text itself, or for a file the base64 of its bytes. `undefined`: there is none.
   *  @throws LocalError when the store or the file behind the secret cannot be read */
  get(name: string): Promise<Secret | undefined>;
}

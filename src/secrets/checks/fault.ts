// What is wrong with a secret: as a finding of a workflow, but about a name instead of a place in a file.
import type { Secret } from '../../base/secret.ts';
import type { SecretName } from '../port.ts';

export interface SecretFault {
  /** Its page is shown by `pchain explain`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** The secret, or the path of the file, that it is about. */
  readonly name: string;
  /** Lower case, without full stop; never a part of a value. */
  readonly message: string;
  readonly help: string | undefined;
}

export interface CheckedSecret extends SecretName {
  readonly value: Secret;
}

/** The bytes of a secret: of its file, or of its text. */
export function bytesOf({ kind, value }: CheckedSecret): Buffer {
  return Buffer.from(value.reveal(), kind === 'file' ? 'base64' : 'utf8');
}

// What stores say of a secret without its value, and which names they keep.
import { Buffer } from 'node:buffer';
import { UsageError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { SecretEntry, SecretName } from './port.ts';

/** @param value the text, or for a file the base64 of its bytes */
export function entryOf(secret: SecretName, value: string, changedMs: number | undefined): SecretEntry {
  return { name: secret.name, kind: secret.kind, sizeBytes: sizeOf(secret, value), changedMs };
}

/** Bytes of the text in UTF-8, or of the file behind the base64. */
export function sizeOf(secret: Pick<SecretName, 'kind'>, value: string): number {
  return Buffer.byteLength(value, secret.kind === 'file' ? 'base64' : 'utf8');
}

/** Longest name of an entry; PanDA's database and keychains keep at least this. */
const longestName = 256;

/** @throws UsageError for a name that some store could not keep or give back as it is */
export function requireKeepableName(name: string): void {
  const isKeepable = name !== '' && name.length <= longestName && !/[\p{Cc}\p{Cs}]/u.test(name);
  if (!isKeepable) {
    throw new UsageError(`\`${printable(name).slice(0, 40)}\` cannot be the name of a secret`, {
      hint: `a name has 1 to ${longestName} characters, none of them a control character`,
    });
  }
}

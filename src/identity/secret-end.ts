// When a secret ends by itself: a certificate, a proxy, a token that says so.
import type { Secret } from '../base/secret.ts';
import { chainEndMs, readPem } from '../secrets/checks/pem.ts';
import { readClaims } from './claims.ts';

/** @param kind `file`: the value is the base64 of its bytes
 *  @returns milliseconds since 1970; `undefined`: it does not end, or does not say */
export function secretEndMs(value: Secret, kind: 'value' | 'file'): number | undefined {
  const text = kind === 'file' ? Buffer.from(value.reveal(), 'base64').toString('latin1') : value.reveal();
  const pem = readPem(text);
  if (pem === undefined) return kind === 'file' ? undefined : readClaims(value)?.expiresMs;
  // Whether all of it is sound is looked at elsewhere.
  if (pem.unreadable.length > 0) return undefined;
  const end = chainEndMs(pem);
  return Number.isFinite(end) ? end : undefined;
}

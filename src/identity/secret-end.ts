// When a secret ends by itself: a certificate, a proxy, a token that says so.
import { X509Certificate } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import { readClaims } from './claims.ts';

/** @param kind `file`: the value is the base64 of its bytes
 *  @returns milliseconds since 1970; `undefined`: it does not end, or does not say */
export function secretEndMs(value: Secret, kind: 'value' | 'file'): number | undefined {
  const text = kind === 'file' ? Buffer.from(value.reveal(), 'base64').toString('latin1') : value.reveal();
  const pems = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (pems === null) return kind === 'file' ? undefined : readClaims(value)?.expiresMs;
  try {
    return Math.min(...pems.map((pem) => Date.parse(new X509Certificate(pem).validTo)));
  } catch {
    // Whether it is sound is looked at elsewhere.
    return undefined;
  }
}

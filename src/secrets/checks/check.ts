// `pbook secrets check`: what would fail in a job, hours from now, found here.
import { printable } from '../../base/text.ts';
import { certificateFaults } from './certificates.ts';
import type { CheckedSecret, SecretFault } from './fault.ts';
import { keyFaults } from './keys.ts';
import { keytabFaults } from './keytab.ts';
import { tokenFaults } from './tokens.ts';

/** All faults, sorted by name and code. What belongs together (a key and its certificate) must be given together. */
export function checkSecrets(secrets: readonly CheckedSecret[], nowMs: number): readonly SecretFault[] {
  return [
    ...secrets.flatMap((secret) => [
      ...certificateFaults(secret, nowMs),
      ...keytabFaults(secret),
      ...tokenFaults(secret),
    ]),
    ...keyFaults(secrets),
  ].sort((a, b) => (a.name === b.name ? (a.code < b.code ? -1 : 1) : a.name < b.name ? -1 : 1));
}

/** One line: `error[secrets/bad-pem] userkey.pem: …`. */
export function faultLine({ severity, code, name, message, help }: SecretFault): string {
  return `${severity}[${code}] ${printable(name)}: ${printable(message)}${help === undefined ? '' : ` (help: ${help})`}`;
}

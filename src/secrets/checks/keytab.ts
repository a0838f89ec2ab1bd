// Kerberos keytabs: a mark of two bytes, then entries, each with its length before it.
// Format: MIT Kerberos documentation, "Keytab file format".
import { bytesOf, type CheckedSecret, type SecretFault } from './fault.ts';

export function keytabFaults(secret: CheckedSecret): readonly SecretFault[] {
  const { name, kind } = secret;
  if (kind !== 'file' || !/keytab/i.test(name)) return [];
  const count = entriesOf(bytesOf(secret));
  if (count === undefined) {
    return [
      {
        code: 'secrets/bad-keytab',
        severity: 'error',
        name,
        message: 'it is no keytab',
        help: 'make one with `ktutil` or `cern-get-keytab`, and give the file itself',
      },
    ];
  }
  if (count > 0) return [];
  return [
    {
      code: 'secrets/empty-keytab',
      severity: 'error',
      name,
      message: 'the keytab has no entries, so nobody can sign in with it',
      help: 'add your principal with `ktutil`',
    },
  ];
}

/** How many entries there are; `undefined`: it is no keytab, or it is cut short. */
function entriesOf(bytes: Buffer): number | undefined {
  if (bytes.length < 2 || bytes[0] !== 5 || (bytes[1] !== 1 && bytes[1] !== 2)) return undefined;
  // The first version has the byte order of the machine that wrote it; all that still count are little-endian.
  const isLittle = bytes[1] === 1;
  let count = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    const length = isLittle ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
    // A deleted entry leaves a hole, with its length below zero; a zero ends the file.
    if (length === 0) break;
    if (length > 0) count++;
    at += 4 + Math.abs(length);
    if (at > bytes.length) return undefined;
  }
  return count;
}

// The certificates and keys of a PEM.
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

export interface Pem {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly PemKey[];
  /** Labels of blocks that cannot be read: `CERTIFICATE`. */
  readonly unreadable: readonly string[];
}

export interface PemKey {
  readonly isEncrypted: boolean;
  /** `undefined` when it is encrypted. */
  readonly key: KeyObject | undefined;
  readonly text: string;
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** `undefined`: there is no PEM in it. */
export function readPem(text: string): Pem | undefined {
  const certificates: X509Certificate[] = [];
  const keys: PemKey[] = [];
  const unreadable: string[] = [];
  let count = 0;
  for (const [whole, label = ''] of text.matchAll(block)) {
    count++;
    try {
      if (label.endsWith('CERTIFICATE')) certificates.push(new X509Certificate(whole));
      else if (label.endsWith('PRIVATE KEY')) keys.push(readKey(whole, label));
    } catch {
      // What the library says could quote the key.
      unreadable.push(label);
    }
  }
  const begun = [...text.matchAll(/-----BEGIN /g)].length;
  if (begun > count) unreadable.push('a block without its end');
  return begun === 0 ? undefined : { certificates, keys, unreadable };
}

function readKey(text: string, label: string): PemKey {
  const isEncrypted = label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text);
  return { text, isEncrypted, key: isEncrypted ? undefined : createPrivateKey(text) };
}

/** Whether a passphrase opens an encrypted key. */
export function opens(key: PemKey, passphrase: string | Buffer): boolean {
  try {
    createPrivateKey({ key: key.text, passphrase });
    return true;
  } catch {
    return false;
  }
}

/** When the certificates end, milliseconds since 1970; `Infinity` where there are none. A chain is as good as its weakest link. */
export function chainEndMs(pem: Pem): number {
  const ends = pem.certificates.map((certificate) => Date.parse(certificate.validTo));
  return Math.min(...ends.map((end) => (Number.isNaN(end) ? Infinity : end)));
}

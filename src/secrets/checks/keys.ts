// Keys and their certificates, passphrases and their keys.
import { bytesOf, type CheckedSecret, type SecretFault } from './fault.ts';
import { opens, readPem, type Pem, type PemKey } from './pem.ts';

/** REANA makes a VOMS proxy from `usercert.pem` and `userkey.pem` with this passphrase, kept in base64. */
const passphraseName = 'VOMSPROXY_PASS';

export function keyFaults(secrets: readonly CheckedSecret[]): readonly SecretFault[] {
  const pems = new Map(
    secrets.flatMap((secret) => {
      const pem = readPem(bytesOf(secret).toString('latin1'));
      return pem === undefined || pem.unreadable.length > 0 ? [] : [[secret.name, pem] as const];
    }),
  );
  const passphrase = secrets.find(({ name }) => name === passphraseName);
  return [...pems].flatMap(([name, pem]) => [
    ...pem.keys.slice(0, 1).flatMap((key) => encryptionFaults(name, pem, key, passphrase)),
    ...mismatches(name, pem, pems),
  ]);
}

function encryptionFaults(
  name: string,
  pem: Pem,
  key: PemKey,
  passphrase: CheckedSecret | undefined,
): readonly SecretFault[] {
  const isGridKey = name === 'userkey.pem';
  if (key.isEncrypted) {
    if (pem.certificates.length > 0 || !isGridKey) {
      return [
        {
          code: 'secrets/encrypted-key',
          severity: 'error',
          name,
          message: 'its key is encrypted, and a job has nobody to ask for the passphrase',
          help: 'take the passphrase off with `openssl pkey`, or make a proxy',
        },
      ];
    }
    if (passphrase === undefined) {
      return [
        {
          code: 'secrets/encrypted-key',
          severity: 'error',
          name,
          message: `the key is encrypted, and there is no secret \`${passphraseName}\` to open it`,
          help: `keep its passphrase, in base64, as \`${passphraseName}\``,
        },
      ];
    }
    const text = passphrase.value.reveal().trim();
    if (opens(key, Buffer.from(text, 'base64')) || opens(key, trimmedEnd(text))) return [];
    return [
      {
        code: 'secrets/wrong-passphrase',
        severity: 'error',
        name: passphraseName,
        message: `it does not open the key \`${name}\``,
        help: 'set it again, in base64',
      },
    ];
  }
  if (isGridKey && passphrase !== undefined) {
    return [
      {
        code: 'secrets/unencrypted-key',
        severity: 'warning',
        name,
        message: `the key is not encrypted, although there is a passphrase for it in \`${passphraseName}\``,
        help: 'give the key as the grid gave it to you, `~/.globus/userkey.pem`',
      },
    ];
  }
  return [];
}

/** What `echo PASSPHRASE | base64` keeps ends in a line break. */
function trimmedEnd(text: string): string {
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return decoded.endsWith('\n') ? decoded.slice(0, -1) : text;
}

/** A key in the same PEM as its certificate, or beside it: `usercert.pem` and `userkey.pem`. */
function mismatches(name: string, pem: Pem, pems: ReadonlyMap<string, Pem>): readonly SecretFault[] {
  const [key] = pem.keys;
  if (key?.key === undefined) return [];
  const partner = name.replace(/key/i, (word) => (word === 'KEY' ? 'CERT' : 'cert'));
  const beside = partner === name ? undefined : pems.get(partner);
  const certificate = pem.certificates[0] ?? beside?.certificates[0];
  if (certificate === undefined || certificate.checkPrivateKey(key.key)) return [];
  const which =
    pem.certificates.length > 0 ? 'the certificate in the same file' : `the certificate \`${partner}\``;
  return [
    {
      code: 'secrets/key-mismatch',
      severity: 'error',
      name,
      message: `the key does not belong to ${which}`,
      help: 'set both again, from the same place',
    },
  ];
}

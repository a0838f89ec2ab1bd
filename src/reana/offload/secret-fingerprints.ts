// What was last sent to REANA, as fingerprints in a file: salted and slow to make, so that a value cannot be guessed from one.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { readTextFile } from '../../source/text-file.ts';
import { writeWhole } from '../files/disk.ts';
import type { ReanaSecretValue } from '../protocol/secret-calls.ts';
import type { SecretFingerprints } from './send-secrets.ts';

const entryShape = v.object({ salt: v.string(), fingerprint: v.string() });
const fileShape = v.object({ version: v.literal(1), secrets: v.record(v.string(), entryShape) });
type Entries = Readonly<Record<string, v.InferOutput<typeof entryShape>>>;

const saltBytes = 16;
const keyBytes = 32;

/** Fingerprints in the file `path`; one that cannot be understood counts as empty, and is written anew. */
export function fingerprintFile(path: string): SecretFingerprints {
  return {
    async isLastSent(server, name, secret) {
      const entry = readEntries(path)[keyOf(server, name)];
      if (entry === undefined) return undefined;
      const wanted = Buffer.from(entry.fingerprint, 'base64');
      const found = await fingerprint(secret, Buffer.from(entry.salt, 'base64'));
      return wanted.length === found.length && timingSafeEqual(wanted, found);
    },
    async remember(server, name, secret) {
      const salt = randomBytes(saltBytes);
      const entry = {
        salt: salt.toString('base64'),
        fingerprint: (await fingerprint(secret, salt)).toString('base64'),
      };
      const secrets = { ...readEntries(path), [keyOf(server, name)]: entry };
      await writeWhole(path, `${JSON.stringify({ version: 1, secrets }, undefined, 1)}\n`);
    },
  };
}

const keyOf = (server: string, name: string): string => `${server} ${name}`;

function readEntries(path: string): Entries {
  const read = readTextFile(path);
  if (!read.ok) return {};
  try {
    const parsed = v.safeParse(fileShape, JSON.parse(read.text));
    return parsed.success ? parsed.output.secrets : {};
  } catch {
    return {};
  }
}

function fingerprint(secret: ReanaSecretValue, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(`${secret.type}:${secret.value.reveal()}`, salt, keyBytes, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

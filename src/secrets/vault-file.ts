// The file of the vault: JSON inside an age file that a passphrase opens. `age -d secrets.age` shows it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Stanza } from 'age-encryption';
import * as v from 'valibot';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import type { Secret } from '../base/secret.ts';
import { replaceFile } from '../settings/replace-file.ts';

const entryShape = v.object({
  name: v.string(),
  kind: v.picklist(['value', 'file']),
  value: v.string(),
  changed_ms: v.number(),
});
const contentShape = v.object({ version: v.literal(1), secrets: v.array(entryShape) });

export type VaultEntry = Omit<v.InferOutput<typeof entryShape>, 'name'>;
/** By name. */
export type VaultContent = ReadonlyMap<string, VaultEntry>;

/** The bytes of the vault as they lie on the disk; `undefined`: there is no vault yet.
 *  @throws LocalError when the file is there but cannot be read */
export async function readVaultBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new LocalError(`cannot read the vault \`${path}\`: ${systemCode(cause) ?? messageOf(cause)}`, {
      cause,
    });
  }
}

/** Opens the vault.
 *  @returns `undefined` when the passphrase is wrong
 *  @throws LocalError when the file is damaged, or was written by a later version */
export async function openVault(
  path: string,
  bytes: Buffer,
  passphrase: Secret,
): Promise<VaultContent | undefined> {
  const [{ Decrypter }, { passphraseIdentity }] = await Promise.all([
    import('age-encryption'),
    import('./passphrase.ts'),
  ]);
  const identity = passphraseIdentity(passphrase);
  const verdict = { isRefused: false };
  const decrypter = new Decrypter();
  decrypter.addIdentity({
    unwrapFileKey: async (stanzas: Stanza[]) => {
      const fileKey = await identity.unwrapFileKey(stanzas);
      verdict.isRefused = fileKey === null;
      return fileKey;
    },
  });
  let text: string;
  try {
    text = await decrypter.decrypt(new Uint8Array(bytes), 'text');
  } catch {
    // The few bytes that hold the locked key can be damaged as well, which looks like a wrong passphrase.
    if (verdict.isRefused && !(await differsFromSum(path, bytes))) return undefined;
    throw damaged(path);
  }
  return readContent(path, text);
}

/** Writes the vault beside and renames it, so that a reader, and whoever comes after a power cut, finds the old one or the
 *  new one. Only its owner may read it.
 *  @param previous the bytes it replaces; they must be what `readVaultBytes` gave under the same lock
 *  @throws LocalError when the disk refuses; the old vault is still there then */
export async function writeVault(
  path: string,
  content: VaultContent,
  options: {
    readonly passphrase: Secret;
    readonly workFactor: number;
    readonly previous: Buffer | undefined;
  },
): Promise<Buffer> {
  const [{ Encrypter }, { passphraseRecipient }] = await Promise.all([
    import('age-encryption'),
    import('./passphrase.ts'),
  ]);
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(options.passphrase, options.workFactor));
  const secrets = [...content].map(([name, entry]) => ({ name, ...entry }));
  const bytes = Buffer.from(await encrypter.encrypt(JSON.stringify({ version: 1, secrets })));
  try {
    makeDirectory(dirname(path), 0o700);
    // Both sums are good until the new file is in its place.
    await replaceFile(sumPath(path), sumText([options.previous, bytes]));
    await replaceFile(path, bytes);
  } catch (cause) {
    const isFull = systemCode(cause) === 'ENOSPC' || systemCode(cause) === 'EDQUOT';
    const why = isFull ? 'no space left' : (systemCode(cause) ?? messageOf(cause));
    throw new LocalError(`cannot write the vault \`${path}\`: ${why}`, {
      hint: 'nothing was changed',
      cause,
    });
  }
  return bytes;
}

/** Beside the vault lie the SHA-256 sums of what was last written: they tell a damaged file from a wrong passphrase. */
function sumPath(path: string): string {
  return `${path}.sums`;
}

function sumText(versions: readonly (Buffer | undefined)[]): string {
  return versions.flatMap((bytes) => (bytes === undefined ? [] : [`${sumOf(bytes)}\n`])).join('');
}

function sumOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** False as well when there are no sums to compare with. */
async function differsFromSum(path: string, bytes: Buffer): Promise<boolean> {
  try {
    const sums = (await readFile(sumPath(path), 'utf8')).split('\n').filter((line) => line !== '');
    return sums.length > 0 && !sums.includes(sumOf(bytes));
  } catch {
    return false;
  }
}

function readContent(path: string, text: string): VaultContent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words would quote what it read.
    throw damaged(path);
  }
  const parsed = v.safeParse(contentShape, value);
  if (parsed.success) {
    return new Map(parsed.output.secrets.map(({ name, ...entry }) => [name, entry]));
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > 1) {
    throw new LocalError(`the vault \`${path}\` was written by a later version of pchain`);
  }
  throw damaged(path);
}

function damaged(path: string): LocalError {
  return new LocalError(`the vault \`${path}\` is damaged`, {
    hint: 'put back a copy of it, or move it away and set the secrets again',
  });
}

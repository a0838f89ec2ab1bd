// A job's own directory: the sandbox unpacked, the inputs linked, the secrets in place.
import { constants } from 'node:fs';
import { access, copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { LocalError, messageOf, systemCode } from '../../../base/errors.ts';
import type { Secret } from '../../../base/secret.ts';

export interface StagedFile {
  readonly name: string;
  readonly path: string;
}

/** Copies the unpacked sandbox into a fresh work directory; blocks are shared where the file system can. */
export async function copySandbox(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copySandbox(source, target);
    else await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

/** Links inputs into the work directory under their own names. They are links, not copies: the files are read-only and may be large.
 *  @throws LocalError when an input is gone, or its name is taken by the sandbox or another input */
export async function linkInputs(files: readonly StagedFile[], workDirectory: string): Promise<void> {
  for (const file of files) {
    try {
      await access(file.path, constants.R_OK);
      await symlink(file.path, join(workDirectory, file.name));
    } catch (cause) {
      if (systemCode(cause) === 'EEXIST') {
        throw new LocalError(
          `input \`${file.name}\` has the same name as another input or a file of the sandbox`,
          { cause },
        );
      }
      throw new LocalError(`cannot read the input file \`${file.path}\`: ${messageOf(cause)}`, { cause });
    }
  }
}

/** PanDA's mark for a secret that is a file: the rest of the key is its name, the value its base64 text. */
const fileSecretMark = '___file___:';

/** Secrets as a job sees them. */
export interface SecretParts {
  readonly variables: Readonly<Record<string, string>>;
  /** Bytes by file name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Tells variables from files, as PanDA does.
 *  @throws LocalError for a file name that leads out of the directory of the job */
export function secretParts(secrets: ReadonlyMap<string, Secret>): SecretParts {
  const variables: Record<string, string> = {};
  const files = new Map<string, Buffer>();
  for (const [key, secret] of secrets) {
    if (!key.startsWith(fileSecretMark)) {
      variables[key] = secret.reveal();
      continue;
    }
    const name = key.slice(fileSecretMark.length);
    if (!isPlainName(name)) throw new LocalError(`the secret file name \`${name}\` is not a plain file name`);
    files.set(name, Buffer.from(secret.reveal(), 'base64'));
  }
  return { variables, files };
}

/** Writes the files of secrets, for their owner alone. */
export async function placeSecretFiles(files: SecretParts['files'], workDirectory: string): Promise<void> {
  for (const [name, bytes] of files) {
    const path = join(workDirectory, name);
    // A file of the sandbox in its place could be open to others, or a link.
    await rm(path, { force: true });
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
  }
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

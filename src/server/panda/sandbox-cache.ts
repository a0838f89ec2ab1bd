// The sandboxes that clients upload, one file each: `<data directory>/cache/jobO.<uuid>.tar.gz`. No index beside the
// files: what lies there is what exists, also after a crash.
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, open, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { systemCode } from '../../base/errors.ts';

export interface SandboxFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** What became of an upload. `cut`: the client stopped sending before the end. */
export interface Stored {
  readonly as: 'stored' | 'exists' | 'too-large' | 'cut';
  readonly receivedBytes: number;
}

/** PanDA reuses a sandbox of the same user, size and checksum for three days. */
const reuseMs = 3 * 24 * 3600 * 1000;

const mebibyte = 1024 * 1024;

/** The largest accepted sandbox in bytes: build sources may be big, everything else is small files.
 *  Limits of panda-server. */
export function sandboxLimitBytes(name: string): number {
  return name.startsWith('sources.') ? 768 * mebibyte : 10 * mebibyte;
}

/** What a sandbox may become on disk: far more than small files need, far less than a disk. */
export const sandboxUnpackLimits = { maxBytes: 2 * 1024 * 1024 * 1024, maxMembers: 200_000 };

/** `jobO.<uuid>.tar.gz`, `sources.<uuid>.tar.gz`. Downloads need no token, so the name has to be unguessable:
 *  names without a UUID are refused, and with them every path that leads elsewhere. */
export function isSandboxName(name: string): boolean {
  return /^[A-Za-z]{1,32}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tar(?:\.gz)?$/.test(name);
}

export class SandboxCache {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Stores an upload while it arrives: beside first, then under its name, so that no half of it is ever seen.
   *  What is over the limit (`sandboxLimitBytes`) is read, so that the client gets its answer, but not kept. */
  async store(name: string, content: Readable): Promise<Stored> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const beside = join(this.#directory, `.${randomUUID()}.part`);
    const limitBytes = sandboxLimitBytes(name);
    let receivedBytes = 0;
    const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        receivedBytes += chunk.length;
        if (receivedBytes <= limitBytes) yield chunk;
      }
    };
    try {
      await pipeline(content, counted, createWriteStream(beside, { flags: 'wx', mode: 0o600 }));
      if (receivedBytes > limitBytes) return { as: 'too-large', receivedBytes };
      const seconds = this.#clock.nowMs() / 1000;
      await utimes(beside, seconds, seconds);
      return { as: await this.#give(beside, name), receivedBytes };
    } catch (thrown) {
      if (isDiskFault(thrown)) throw thrown;
      return { as: 'cut', receivedBytes };
    } finally {
      await rm(beside, { force: true });
    }
  }

  // A link refuses to replace what is there; a rename would not. Some file systems know no links.
  async #give(beside: string, name: string): Promise<'stored' | 'exists'> {
    const path = join(this.#directory, name);
    try {
      await link(beside, path);
      return 'stored';
    } catch (thrown) {
      const code = systemCode(thrown) ?? '';
      if (code === 'EEXIST') return 'exists';
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw thrown;
    }
    if ((await this.find(name)) !== undefined) return 'exists';
    await rename(beside, path);
    return 'stored';
  }

  /** The file of a name, or `undefined` when there is none or the name is not one of a sandbox. */
  async find(name: string): Promise<SandboxFile | undefined> {
    if (!isSandboxName(name)) return undefined;
    const path = join(this.#directory, name);
    try {
      const found = await stat(path);
      return found.isFile() ? { path, sizeBytes: found.size } : undefined;
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  /** The name of a sandbox uploaded in the last three days with this size in bytes and this CRC32 (the one
   *  in its gzip trailer), the latest first; `undefined` when there is none. */
  async findSame(sizeBytes: number, checksum: number): Promise<string | undefined> {
    const oldestMs = this.#clock.nowMs() - reuseMs;
    let best: { readonly name: string; readonly atMs: number } | undefined;
    for (const name of await this.#names()) {
      const path = join(this.#directory, name);
      const found = await stat(path).catch(undefinedWhenMissing);
      if (found?.isFile() !== true || found.size !== sizeBytes || found.mtimeMs < oldestMs) continue;
      if (best !== undefined && best.atMs >= found.mtimeMs) continue;
      if ((await trailerChecksum(path, found.size)) !== checksum) continue;
      best = { name, atMs: found.mtimeMs };
    }
    return best?.name;
  }

  /** Keeps a text that clients are told the address of; its name holds a UUID, as it is given without token. */
  async writeLog(name: string, content: string): Promise<void> {
    const directory = join(this.#directory, 'jedilog');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(join(directory, name), content, { flag: 'wx', mode: 0o600 });
  }

  /** The text of a log by its name; `undefined` when there is none or the name is not one. */
  async readLog(name: string): Promise<string | undefined> {
    if (!/^[a-z_]{1,40}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.log$/.test(name)) return undefined;
    return readFile(join(this.#directory, 'jedilog', name), 'utf8').catch(undefinedWhenMissing);
  }

  open(file: SandboxFile): Readable {
    return createReadStream(file.path);
  }

  /** Removes the halves that a killed server left. */
  async sweep(): Promise<void> {
    for (const name of await this.#entries()) {
      if (name.endsWith('.part')) await rm(join(this.#directory, name), { force: true });
    }
  }

  async #names(): Promise<readonly string[]> {
    return (await this.#entries()).filter(isSandboxName).sort();
  }

  async #entries(): Promise<readonly string[]> {
    try {
      return await readdir(this.#directory);
    } catch (thrown) {
      if (isMissing(thrown)) return [];
      throw thrown;
    }
  }
}

/** The CRC32 of the uncompressed bytes: little-endian in bytes [-8:-4] of a gzip file. */
async function trailerChecksum(path: string, sizeBytes: number): Promise<number | undefined> {
  if (sizeBytes < 8) return undefined;
  const file = await open(path, 'r').catch(undefinedWhenMissing);
  if (file === undefined) return undefined;
  try {
    const trailer = Buffer.alloc(4);
    const { bytesRead } = await file.read(trailer, 0, 4, sizeBytes - 8);
    return bytesRead === 4 ? trailer.readUInt32LE(0) : undefined;
  } finally {
    await file.close();
  }
}

// Anything else that ends an upload early (a reset, a premature close, a broken multipart body) is the client's.
function isDiskFault(thrown: unknown): boolean {
  const codes = [
    'ENOSPC',
    'EDQUOT',
    'EFBIG',
    'EIO',
    'EACCES',
    'EPERM',
    'EROFS',
    'EMFILE',
    'ENFILE',
    'ENOENT',
    'ENOTDIR',
  ];
  return codes.includes(systemCode(thrown) ?? '');
}

function isMissing(thrown: unknown): boolean {
  const code = systemCode(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function undefinedWhenMissing(thrown: unknown): undefined {
  if (isMissing(thrown)) return undefined;
  throw thrown;
}

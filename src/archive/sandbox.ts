// Collects the files that travel with a request, and says which ones stay at home and why.
// The rules on size and type are PanDA's: `find -size` for the sandbox of a workflow, prun's for that of its jobs.
// The rules on secrets are ours: the official client sends `.ssh` and `.token` along.
import { Buffer } from 'node:buffer';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LocalError, messageOf, systemCode, UsageError } from '../base/errors.ts';
import type { LeftOut } from './left-out.ts';
import { compareNames, parseMemberName } from './member-name.ts';
import { privateByName, privatePlaceIn, SecretScan } from './private-files.ts';
import type { DirectoryMember, FileMember } from './tar-member.ts';

export interface SandboxOptions {
  /** The limit as the user states it: `--maxSizeInSandbox` in bytes, or `--maxFileSize`. For a `workflow` a file must
   *  stay below it in whole KiB, rounded up; for a `job` it may reach it. */
  readonly maxFileSizeBytes: number;
  /** `workflow`: what the server needs to read the description. `job`: what the payload runs with; hidden files, object
   *  files, libraries and ROOT files stay at home, empty directories travel. */
  readonly style: 'workflow' | 'job';
  /** Names that travel whatever their size and type (`--extFile`), tested against the name relative to the directory. */
  readonly extFile?: readonly RegExp[] | undefined;
  /** Directories that stay at home; absolute, or relative to the directory. */
  readonly excludeDirectories?: readonly string[] | undefined;
  /** Files that stay at home, such as the output archive of this very command; absolute, or relative to the directory. */
  readonly excludeFiles?: readonly string[] | undefined;
  /** Real paths of archives with outputs that this program packed; they stay at home unless `extFile` names them. */
  readonly earlierOutputs?: readonly string[] | undefined;
  /** Packs a home directory, or one above it, all the same. */
  readonly allowHome?: boolean | undefined;
  /** Of the user; the system's answer when left out. */
  readonly homeDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

export type SandboxMember = (FileMember & { readonly sizeBytes: number }) | DirectoryMember;

export interface Sandbox {
  /** By name. Links to files inside have become those files. */
  readonly members: readonly SandboxMember[];
  /** By name. */
  readonly leftOut: readonly LeftOut[];
  /** Of all members together, before compression. */
  readonly totalBytes: number;
}

/** Looks through a directory and everything below it; reads the files to be sure that none holds a key or a token.
 *  @throws UsageError for a home directory, a directory above it, or a place for keys
 *  @throws LocalError when the directory itself cannot be read */
export async function collectSandbox(directory: string, options: SandboxOptions): Promise<Sandbox> {
  const root = await openRoot(directory);
  await refuseHome(directory, root, options);
  const walk = new Walk(directory, root, options);
  await walk.directory('');
  return walk.result();
}

async function openRoot(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    await readdir(root);
    return root;
  } catch (cause) {
    const why =
      systemCode(cause) === 'ENOENT'
        ? 'it does not exist'
        : systemCode(cause) === 'ENOTDIR'
          ? 'it is not a directory'
          : messageOf(cause);
    throw new LocalError(`cannot collect the files of \`${directory}\`: ${why}`, { cause });
  }
}

async function refuseHome(directory: string, root: string, options: SandboxOptions): Promise<void> {
  const place = privatePlaceIn(root);
  if (place !== undefined) {
    throw new UsageError(`refusing to pack \`${directory}\`: \`${place}\` is a place for keys and tokens`, {
      hint: 'start from a directory that holds only the workflow',
    });
  }
  if (options.allowHome === true) return;
  const named = options.homeDirectory;
  const home = await realpath(named).catch(() => resolve(named));
  const isHome = home === root;
  if (!isHome && root !== dirname(root) && !isInside(home, root)) return;
  const what = isHome ? 'it is your home directory' : 'it is far more than a workflow';
  throw new UsageError(`refusing to pack \`${directory}\`: ${what}`, {
    hint: 'start from a directory that holds only the files of the workflow',
  });
}

/** Why something stays, without its name. */
type Why = Omit<LeftOut, 'name'>;

/** One look through one tree. */
class Walk {
  readonly #root: string;
  readonly #options: SandboxOptions;
  readonly #excluded: ReadonlySet<string>;
  readonly #members: SandboxMember[] = [];
  readonly #leftOut: LeftOut[] = [];

  constructor(directory: string, root: string, options: SandboxOptions) {
    this.#root = root;
    this.#options = options;
    const excluded = [...(options.excludeDirectories ?? []), ...(options.excludeFiles ?? [])];
    // The directory may have been named through links that `root` no longer holds.
    const asNamed = resolve(directory);
    this.#excluded = new Set(
      excluded.map((path) => resolve(root, relative(asNamed, resolve(asNamed, path)))),
    );
  }

  result(): Sandbox {
    const members = this.#members.sort((a, b) => compareNames(a.name, b.name));
    return {
      members,
      leftOut: this.#leftOut.sort((a, b) => compareNames(a.name, b.name)),
      totalBytes: members.reduce(
        (total, member) => total + ('sizeBytes' in member ? member.sizeBytes : 0),
        0,
      ),
    };
  }

  /** @param name of a directory below the root; `''` is the root itself */
  async directory(name: string): Promise<Why | undefined> {
    let entries: readonly string[];
    try {
      entries = await readdir(join(this.#root, name));
    } catch {
      return { reason: 'unreadable' };
    }
    if (entries.length === 0 && name !== '' && this.#options.style === 'job') {
      this.#members.push({ name, directory: true });
    }
    for (const entry of entries) await this.#entry(name === '' ? entry : `${name}/${entry}`);
    return undefined;
  }

  async #entry(name: string): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const path = join(this.#root, name);
    const status = await statusOf(path);
    const isDirectory = status?.isDirectory() === true;
    const why =
      this.#whyByName(name) ??
      (status === undefined ? { reason: 'unreadable' } : await this.#take(name, path, status));
    if (why !== undefined) this.#leftOut.push({ name: isDirectory ? `${name}/` : name, ...why });
  }

  async #take(name: string, path: string, status: Stats): Promise<Why | undefined> {
    if (status.isDirectory()) return this.directory(name);
    if (status.isSymbolicLink()) return this.#takeLink(name, path);
    return this.#takeFile(name, path, status);
  }

  /** A link travels as the file that it leads to, if that file may travel itself. */
  async #takeLink(name: string, path: string): Promise<Why | undefined> {
    let target: string;
    let status: Stats;
    try {
      target = await realpath(path);
      status = await stat(target);
    } catch (error) {
      const isDead = ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '');
      return { reason: isDead ? 'dead-link' : 'unreadable' };
    }
    if (target !== this.#root && !isInside(target, this.#root)) return { reason: 'link-outside' };
    if (status.isDirectory()) return { reason: 'link-to-directory' };
    return (
      this.#whyByName(relative(this.#root, target).split(sep).join('/')) ??
      (await this.#takeFile(name, target, status))
    );
  }

  async #takeFile(name: string, path: string, status: Stats): Promise<Why | undefined> {
    if (!status.isFile()) return { reason: 'special-file' };
    const { style, maxFileSizeBytes, extFile = [], earlierOutputs = [] } = this.#options;
    if (!extFile.some((pattern) => name.search(pattern) !== -1)) {
      if (earlierOutputs.includes(path)) return { reason: 'earlier-output' };
      if (style === 'job' && stayingTypes.test(name)) return { reason: 'file-type' };
      if (!fits(status.size, style, maxFileSizeBytes)) return { reason: 'too-large', sizeBytes: status.size };
    }
    const found = await scanFile(path, this.#options.signal);
    if (found === 'unreadable') return { reason: 'unreadable' };
    if (found === 'secret') return { reason: 'private-content' };
    this.#members.push({ name, path, sizeBytes: status.size });
    return undefined;
  }

  #whyByName(name: string): Why | undefined {
    if (!parseMemberName(name).ok) return { reason: 'unusual-name' };
    const reason = privateByName(name);
    if (reason !== undefined) return { reason };
    if (this.#isExcluded(name)) return { reason: 'excluded' };
    if (this.#options.style === 'workflow')
      return name === jobMetadata ? { reason: 'job-report' } : undefined;
    // prun runs `tar --exclude '.[a-zA-Z]*'`, which looks at every part of a path.
    if (name.split('/').some((part) => /^\.[A-Za-z]/.test(part))) return { reason: 'hidden' };
    return jobReports.has(name.slice(name.lastIndexOf('/') + 1)) ? { reason: 'job-report' } : undefined;
  }

  #isExcluded(name: string): boolean {
    for (let at = name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      if (this.#excluded.has(join(this.#root, at))) return true;
    }
    return false;
  }
}

// prun leaves these out by their last letters, whatever is in them.
const stayingTypes = /\.(?:o|a|so)$|\.root(?:\.\d+)?$/;
/** PanDA would take what an offload from here has left for what each of the jobs did. */
const jobMetadata = 'userJobMetadata.json';
const jobReports = new Set(['jobReport.json', 'jobReport.txt', 'jobReportExtract.pickle']);

/** `find -size -<n>k` rounds a size up to whole KiB and wants less than n; prun compares bytes and allows the limit. */
function fits(sizeBytes: number, style: SandboxOptions['style'], maxFileSizeBytes: number): boolean {
  if (style === 'job') return sizeBytes <= maxFileSizeBytes;
  return Math.ceil(sizeBytes / 1024) < Math.floor(maxFileSizeBytes / 1024);
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch {
    return undefined;
  }
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

const chunkBytes = 1 << 18;
// Windows has no such flag, whatever the types say. Elsewhere it keeps a pipe from blocking the open.
const nonBlocking = 'O_NONBLOCK' in constants ? constants.O_NONBLOCK : 0;

async function scanFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<'clean' | 'secret' | 'unreadable'> {
  const scan = new SecretScan();
  try {
    const file = await open(path, constants.O_RDONLY | nonBlocking);
    try {
      for (let position = 0; ;) {
        signal?.throwIfAborted();
        const { bytesRead, buffer } = await file.read(
          Buffer.allocUnsafe(chunkBytes),
          0,
          chunkBytes,
          position,
        );
        if (bytesRead === 0) break;
        scan.add(buffer.subarray(0, bytesRead));
        position += bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch {
    signal?.throwIfAborted();
    return 'unreadable';
  }
  return scan.holdsSecret ? 'secret' : 'clean';
}

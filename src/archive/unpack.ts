// Unpacks archives that somebody else made. Nothing outside of the directory is ever touched, and inside of it
// nothing changes until the whole archive has been read and found good.
import type { Readable } from 'node:stream';
import { mkdir, mkdtemp, open, readlink, realpath, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalError, messageOf, PchainError, systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import { linkFault } from './link-target.ts';
import { compareNames, hasControlCharacter, parseMemberName, shownName } from './member-name.ts';
import { moveStagedTree } from './staged-tree.ts';
import { readEntries, type MemberKind, type TarEntry, type UnpackLimits } from './tar-entries.ts';

export interface UnpackOptions {
  /** Stops the unpacking; the promise rejects with the signal's reason, the directory stays as it was. */
  readonly signal?: AbortSignal | undefined;
  /** Hears the bytes of content unpacked so far; never decreases. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface UnpackedMember {
  /** Relative to the directory, `/` between parts, without `./`. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  /** 0 for anything but a file. */
  readonly sizeBytes: number;
  /** Where it lies now; absolute. */
  readonly path: string;
}

export interface ListedMember {
  /** As it stands in the archive: may be absolute, hold `..` or control characters. */
  readonly name: string;
  readonly kind: MemberKind;
  readonly sizeBytes: number;
  /** Permission bits. */
  readonly mode: number;
  /** What a symlink or hard link points to; `''` for other kinds. */
  readonly linkTarget: string;
}

/** Unpacks a gzip tar, or a plain tar, into `directory`, which is made when it does not exist. Files that are there
 *  are replaced; when the archive holds a name twice, the last one counts. Files get mode 0644 or 0755.
 *  @param limits of what comes out; reached, the unpacking stops at once
 *  @returns the members by name; the archive's own root and directories that only follow from names are not among them
 *  @throws LocalError naming the member: absolute names, `..`, names through links, links that lead out of the
 *  directory, hard links, devices, pipes, control characters; or naming the archive: damaged, cut off, too big.
 *  Errors of a stream given as `archive` are passed on as they are */
export async function unpackTarGz(
  archive: string | Readable,
  directory: string,
  limits: UnpackLimits,
  options: UnpackOptions = {},
): Promise<readonly UnpackedMember[]> {
  options.signal?.throwIfAborted();
  let firstMade: string | undefined;
  let root: string | undefined;
  let done = false;
  try {
    firstMade = makeDirectory(directory);
    root = await realpath(directory);
    // On the same file system as the place they go to, so that moving them there is only renaming.
    const stage = await mkdtemp(join(root, '.unpacking-'));
    try {
      const unpacking = new Unpacking(stage, root, options);
      await readEntries(archive, limits, options.signal, (entry) => unpacking.take(entry));
      await unpacking.makeLinks();
      options.signal?.throwIfAborted();
      await moveStagedTree(stage, root);
      done = true;
      return unpacking.members();
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw unpackFailure(directory, error);
  } finally {
    if (!done && firstMade !== undefined && root !== undefined)
      await removeEmpty(root, await realpath(dirname(firstMade)));
  }
}

/** The members of a gzip tar or a plain tar in their own order, without unpacking or judging them.
 *  @param limits 1 TiB and a million members when left out
 *  @throws LocalError when the archive cannot be read to its end */
export async function listTarGz(
  path: string,
  limits: UnpackLimits = { maxBytes: 2 ** 40, maxMembers: 1_000_000 },
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly ListedMember[]> {
  const members: ListedMember[] = [];
  await readEntries(path, limits, options.signal, ({ rawName, kind, sizeBytes, mode, linkTarget }) => {
    members.push({ name: rawName, kind, sizeBytes, mode, linkTarget });
    return Promise.resolve();
  });
  return members;
}

type Known =
  | { readonly kind: 'file'; readonly sizeBytes: number }
  | { readonly kind: 'directory'; readonly implied: boolean }
  | { readonly kind: 'symlink'; readonly target: string };

/** One archive on its way into an empty stage. Links are only noted until every file is written, so no name can lead
 *  through one. */
class Unpacking {
  readonly #stage: string;
  readonly #root: string;
  readonly #options: UnpackOptions;
  readonly #known = new Map<string, Known>();
  #writtenBytes = 0;

  constructor(stage: string, root: string, options: UnpackOptions) {
    this.#stage = stage;
    this.#root = root;
    this.#options = options;
  }

  async take(entry: TarEntry): Promise<void> {
    const parsed = parseMemberName(entry.rawName);
    if (!parsed.ok) throw refused(entry.rawName, `the name ${parsed.fault}`);
    const { name } = parsed;
    if (name === '') {
      if (entry.kind === 'directory') return;
      throw refused(entry.rawName, 'the name is the directory itself');
    }
    switch (entry.kind) {
      case 'file':
        return this.#takeFile(name, entry);
      case 'directory':
        return this.#takeDirectory(name);
      case 'symlink':
        return this.#takeLink(name, entry);
      default:
        throw refused(entry.rawName, `it is ${kindWords[entry.kind]}`);
    }
  }

  /** Checks all links, then makes them. */
  async makeLinks(): Promise<void> {
    const linkAt = async (name: string): Promise<string | undefined> => {
      const known = this.#known.get(name);
      if (known !== undefined) return known.kind === 'symlink' ? known.target : undefined;
      return readlink(join(this.#root, name)).catch(() => undefined);
    };
    const links = [...this.#known].flatMap(([name, known]) =>
      known.kind === 'symlink' ? [{ name, target: known.target }] : [],
    );
    for (const { name, target } of links) {
      const fault = await linkFault(name, target, linkAt);
      if (fault !== undefined) throw refused(name, `the link ${fault}`);
    }
    for (const { name, target } of links) await symlink(target, join(this.#stage, name));
  }

  members(): readonly UnpackedMember[] {
    return [...this.#known]
      .filter(([, known]) => known.kind !== 'directory' || !known.implied)
      .map(([name, known]) => ({
        name,
        kind: known.kind,
        sizeBytes: known.kind === 'file' ? known.sizeBytes : 0,
        path: join(this.#root, name),
      }))
      .sort((a, b) => compareNames(a.name, b.name));
  }

  async #takeFile(name: string, entry: TarEntry): Promise<void> {
    await this.#makeRoom(name);
    const mode = (entry.mode & 0o100) === 0 ? 0o644 : 0o755;
    const file = await open(join(this.#stage, name), 'wx', mode).catch((cause: unknown) => {
      // Known names are gone by now, so this is a file system that takes two different names for one.
      if (systemCode(cause) === 'EEXIST')
        throw refused(name, 'another member has the same name but for upper and lower case');
      throw cause;
    });
    try {
      for await (const chunk of entry.content) {
        this.#options.signal?.throwIfAborted();
        await file.appendFile(chunk).catch((cause: unknown) => {
          throw unpackFailure(this.#root, cause);
        });
        this.#writtenBytes += chunk.length;
        this.#options.onProgress?.(this.#writtenBytes);
      }
    } finally {
      await file.close();
    }
    this.#known.set(name, { kind: 'file', sizeBytes: entry.sizeBytes });
  }

  async #takeDirectory(name: string): Promise<void> {
    await this.#makeParents(name);
    const before = this.#known.get(name);
    if (before !== undefined && before.kind !== 'directory') throw twice(name);
    if (before === undefined) await this.#makeDirectory(name);
    this.#known.set(name, { kind: 'directory', implied: false });
  }

  async #takeLink(name: string, entry: TarEntry): Promise<void> {
    if (entry.sizeBytes > 0) throw refused(name, 'it is a link with content');
    if (hasControlCharacter(entry.linkTarget))
      throw refused(name, 'the link points to a name with a control character');
    await this.#makeRoom(name);
    this.#known.set(name, { kind: 'symlink', target: entry.linkTarget });
  }

  /** Makes the directories above `name` and removes an earlier file or link of that name: the last one counts. */
  async #makeRoom(name: string): Promise<void> {
    await this.#makeParents(name);
    const before = this.#known.get(name);
    if (before?.kind === 'directory') throw twice(name);
    if (before?.kind === 'file') await rm(join(this.#stage, name));
    this.#known.delete(name);
  }

  async #makeParents(name: string): Promise<void> {
    for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
      const parent = name.slice(0, slash);
      const known = this.#known.get(parent);
      if (known?.kind === 'directory') continue;
      if (known?.kind === 'symlink') throw refused(name, `the name leads through the link \`${parent}\``);
      if (known?.kind === 'file') throw refused(name, `\`${parent}\` is a file`);
      await this.#makeDirectory(parent);
      this.#known.set(parent, { kind: 'directory', implied: true });
    }
  }

  async #makeDirectory(name: string): Promise<void> {
    await mkdir(join(this.#stage, name), { recursive: true, mode: 0o755 });
  }
}

const kindWords = {
  'hard-link': 'a hard link',
  device: 'a device',
  fifo: 'a named pipe',
  sparse: 'a sparse file in a form of GNU tar',
  unknown: 'of a kind that is not known',
} as const satisfies Record<Exclude<MemberKind, 'file' | 'directory' | 'symlink'>, string>;

function refused(rawName: string, why: string): LocalError {
  return new LocalError(`refused to unpack \`${shownName(rawName)}\`: ${why}`);
}

function twice(name: string): LocalError {
  return refused(name, 'the archive holds it both as a directory and as something else');
}

/** Trouble with the place itself, in words; errors that are already in words, and our own bugs, stay as they are. */
function unpackFailure(directory: string, error: unknown): unknown {
  if (error instanceof PchainError) return error;
  switch (systemCode(error)) {
    case undefined:
      return error;
    case 'ENOSPC':
    case 'EDQUOT':
      return new LocalError(`cannot unpack into \`${directory}\`: no space is left on the device`, {
        hint: 'free some space, or choose another place',
        cause: error,
      });
    case 'EEXIST':
    case 'ENOTDIR':
      return new LocalError(`cannot unpack into \`${directory}\`: it is not a directory`, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LocalError(`cannot unpack into \`${directory}\`: permission denied`, { cause: error });
    default:
      return new LocalError(`cannot unpack into \`${directory}\`: ${messageOf(error)}`, { cause: error });
  }
}

/** Removes `directory` and what is empty above it, up to but without `stop`; somebody else's files keep theirs. */
async function removeEmpty(directory: string, stop: string): Promise<void> {
  for (let at = directory; at !== stop && at !== dirname(at); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

// What goes into an archive: members named by the caller, put in one order that never varies.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Buffer } from 'node:buffer';
import { LocalError, messageOf } from '../base/errors.ts';
import { compareNames, parseMemberName, shownName } from './member-name.ts';

/** One member: a file on disk, bytes or UTF-8 text in memory, or an empty directory. Only the owner's `x` bit of
 *  `mode` counts; without a `mode`, a file on disk decides itself and content is not executable. */
export type TarMember = FileMember | ContentMember | DirectoryMember;

export interface FileMember {
  readonly name: string;
  /** A regular file, read when the archive is written; links are followed. */
  readonly path: string;
  readonly mode?: number | undefined;
}

export interface ContentMember {
  readonly name: string;
  readonly content: Buffer | string;
  readonly mode?: number | undefined;
}

export interface DirectoryMember {
  readonly name: string;
  readonly directory: true;
}

export interface ManifestEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
}

/** The members with plain names, by name.
 *  @throws LocalError for a name that no reader would take, and for two members that cannot both be there */
export function orderedMembers(members: readonly TarMember[]): readonly TarMember[] {
  const byName = new Map<string, TarMember>();
  for (const member of members) {
    const parsed = parseMemberName(member.name);
    if (!parsed.ok)
      throw new LocalError(`cannot pack \`${shownName(member.name)}\`: the name ${parsed.fault}`);
    if (parsed.name === '') {
      throw new LocalError(`cannot pack \`${shownName(member.name)}\`: it names the archive itself`);
    }
    if (byName.has(parsed.name)) throw new LocalError(`cannot pack two members named \`${parsed.name}\``);
    byName.set(parsed.name, { ...member, name: parsed.name });
  }
  for (const name of byName.keys()) {
    for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      const above = byName.get(name.slice(0, slash));
      if (above !== undefined && !('directory' in above)) {
        throw new LocalError(`cannot pack \`${name}\`: \`${above.name}\` is a file`);
      }
    }
  }
  return [...byName.values()].sort((a, b) => compareNames(a.name, b.name));
}

/** Name, size and SHA-256 of every file among the members, by name; for a list that travels inside the archive.
 *  Streams; memory does not grow with the files.
 *  @throws LocalError naming a file that cannot be read, or a name that cannot be packed */
export async function manifestOf(
  members: readonly TarMember[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  for (const member of orderedMembers(members)) {
    options.signal?.throwIfAborted();
    if ('directory' in member) continue;
    const { size, sha256 } =
      'content' in member ? digestOfContent(member.content) : await digestOfFile(member.path, options.signal);
    entries.push({ name: member.name, size, sha256 });
  }
  return entries;
}

function digestOfContent(content: Buffer | string): { size: number; sha256: string } {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function digestOfFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18, signal })) {
      if (!(chunk instanceof Buffer)) continue;
      size += chunk.length;
      hash.update(chunk);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
  return { size, sha256: hash.digest('hex') };
}

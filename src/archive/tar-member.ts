// What goes into an archive: members named by the caller, put in one order that never varies.
import { Buffer } from 'node:buffer';
import { LocalError } from '../base/errors.ts';
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

/** A list of members that travels inside of the archive. */
export interface Manifest {
  /** Of the member that holds the list; none of the others may have it. */
  readonly name: string;
  /** What it holds, given every file that was packed, in their order. */
  readonly content: (files: readonly ManifestEntry[]) => string;
}

/** The members with plain names, by name.
 *  @param isAnyName names may hold control characters
 *  @throws LocalError for a name that no reader would take, and for two members that cannot both be there */
export function orderedMembers(members: readonly TarMember[], isAnyName = false): readonly TarMember[] {
  const byName = new Map<string, TarMember>();
  for (const member of members) {
    const parsed = parseMemberName(member.name, isAnyName ? 'taken' : 'refused');
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

// Writes zips whose members are stored as they are, each when its turn comes: nothing of it is kept but the list at its end.
import { crc32 } from 'node:zlib';

export interface ZipMember {
  /** With `/`, relative. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Without it, the first time that a zip can say. */
  readonly modified?: Date;
  /** All of it; or, for what should not lie in memory at once, its pieces. */
  readonly content: Buffer | AsyncIterable<Buffer>;
}

/** What the list at the end says of a member. */
interface Entry {
  readonly name: Buffer;
  readonly isAscii: boolean;
  readonly dosTime: number;
  readonly isDescribedBehind: boolean;
  readonly sizeBytes: number;
  readonly offset: number;
  crc32: number;
}

const most32 = 0xffffffff;
const most16 = 0xffff;
/** The name is UTF-8. */
const utf8Flag = 1 << 11;
/** The checksum stands behind the content. */
const behindFlag = 1 << 3;
/** Versions of the format: 2.0, and 4.5, the first one with long lengths and places. */
const usualVersion = 20;
const longVersion = 45;
/** Made by Unix, in some version. */
const madeBy = (version: number): number => (3 << 8) | version;
/** A regular file that only its owner reads and writes. */
const fileMode = 0o100600;

/** The bytes of a zip. Members are asked for one by one; what they throw ends it.
 *  @throws Error when the pieces of a member are fewer or more bytes than it said, or its name is too long for a zip
 *  @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3 and 4.5.3 */
export async function* storedZip(members: Iterable<ZipMember>): AsyncGenerator<Buffer, void, void> {
  const entries: Entry[] = [];
  let offset = 0;
  for (const member of members) {
    const entry = entryOf(member, offset);
    const head = localHeader(entry);
    offset += head.length + entry.sizeBytes;
    if (Buffer.isBuffer(member.content)) {
      yield Buffer.concat([head, member.content]);
    } else {
      yield head;
      yield* counted(member.content, entry);
      const behind = descriptor(entry);
      offset += behind.length;
      yield behind;
    }
    entries.push(entry);
  }
  let listBytes = 0;
  for (const entry of entries) {
    const line = listLine(entry);
    listBytes += line.length;
    yield line;
  }
  yield listEnd(entries.length, listBytes, offset);
}

function entryOf(member: ZipMember, offset: number): Entry {
  const name = Buffer.from(member.name);
  if (name.length > most16) throw new Error(`\`${member.name.slice(0, 40)}…\` is too long for a zip`);
  const { content, sizeBytes } = member;
  const isWhole = Buffer.isBuffer(content);
  return {
    name,
    isAscii: name.length === member.name.length,
    dosTime: dosTime(member.modified),
    isDescribedBehind: !isWhole,
    sizeBytes,
    offset,
    crc32: isWhole ? crc32(content) : 0,
  };
}

async function* counted(pieces: AsyncIterable<Buffer>, entry: Entry): AsyncGenerator<Buffer, void, void> {
  let doneBytes = 0;
  for await (const piece of pieces) {
    doneBytes += piece.length;
    if (doneBytes > entry.sizeBytes) break;
    entry.crc32 = crc32(piece, entry.crc32);
    yield piece;
  }
  if (doneBytes !== entry.sizeBytes) throw new Error(`the length of \`${entry.name.toString()}\` changed`);
}

const isLong = (entry: Entry): boolean => entry.sizeBytes >= most32;

/** Bytes of numbers, in the order and widths that are given. */
function fields(...values: readonly (readonly [width: 2 | 4 | 8, value: number])[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of values) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}

/** The fields that stand before a member and in the list, the same in both. Lengths stand there even where the checksum does
 *  not: who reads the zip as it arrives wants to know. */
function common(entry: Entry, version: number, extraBytes: number) {
  const size = isLong(entry) ? most32 : entry.sizeBytes;
  return [
    [2, version],
    [2, (entry.isAscii ? 0 : utf8Flag) | (entry.isDescribedBehind ? behindFlag : 0)],
    [2, 0],
    [4, entry.dosTime],
    [4, entry.crc32],
    [4, size],
    [4, size],
    [2, entry.name.length],
    [2, extraBytes],
  ] as const;
}

function localHeader(entry: Entry): Buffer {
  const extra = isLong(entry)
    ? fields([2, 1], [2, 16], [8, entry.sizeBytes], [8, entry.sizeBytes])
    : Buffer.alloc(0);
  const version = isLong(entry) ? longVersion : usualVersion;
  return Buffer.concat([fields([4, 0x04034b50], ...common(entry, version, extra.length)), entry.name, extra]);
}

function descriptor(entry: Entry): Buffer {
  const width = isLong(entry) ? 8 : 4;
  return fields([4, 0x08074b50], [4, entry.crc32], [width, entry.sizeBytes], [width, entry.sizeBytes]);
}

function listLine(entry: Entry): Buffer {
  const lengths = isLong(entry)
    ? ([
        [8, entry.sizeBytes],
        [8, entry.sizeBytes],
      ] as const)
    : [];
  const offsets = entry.offset >= most32 ? ([[8, entry.offset]] as const) : [];
  const long = [...lengths, ...offsets];
  const extra = long.length === 0 ? Buffer.alloc(0) : fields([2, 1], [2, 8 * long.length], ...long);
  const version = long.length === 0 ? usualVersion : longVersion;
  return Buffer.concat([
    fields(
      [4, 0x02014b50],
      [2, madeBy(version)],
      ...common(entry, version, extra.length),
      // No comment, on the first disk, nothing said of its content.
      [2, 0],
      [2, 0],
      [2, 0],
      [4, fileMode * 0x10000],
      [4, Math.min(entry.offset, most32)],
    ),
    entry.name,
    extra,
  ]);
}

function listEnd(count: number, listBytes: number, listOffset: number): Buffer {
  const isLongList = count >= most16 || listBytes >= most32 || listOffset >= most32;
  const short = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, Math.min(count, most16)],
    [2, Math.min(count, most16)],
    [4, Math.min(listBytes, most32)],
    [4, Math.min(listOffset, most32)],
    [2, 0],
  );
  if (!isLongList) return short;
  const long = fields(
    [4, 0x06064b50],
    [8, 44],
    [2, madeBy(longVersion)],
    [2, longVersion],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, listBytes],
    [8, listOffset],
  );
  const where = fields([4, 0x07064b50], [4, 0], [8, listOffset + listBytes], [4, 1]);
  return Buffer.concat([long, where, short]);
}

/** Date and time as a zip says them, in the time zone of this machine: from 1980 to 2107, in steps of two seconds. */
function dosTime(modified: Date | undefined): number {
  const first = 0x210000;
  if (modified === undefined || Number.isNaN(modified.getTime()) || modified.getFullYear() < 1980)
    return first;
  const year = Math.min(modified.getFullYear(), 2107) - 1980;
  const date = (year << 9) | ((modified.getMonth() + 1) << 5) | modified.getDate();
  const time = (modified.getHours() << 11) | (modified.getMinutes() << 5) | (modified.getSeconds() >> 1);
  return date * 0x10000 + time;
}

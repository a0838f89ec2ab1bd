// Reads a zip while it arrives. Its members come one after the other, each with its name and sizes before it, so nothing has to
// wait for the list at the end, and the zip itself needs no place on the disk.
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { ByteFeed } from './byte-feed.ts';

/** Takes the content of one member. Making one has no effect: a member of another length is passed over, and its sink forgotten. */
export interface MemberSink {
  /** Length that the content must have. */
  readonly sizeBytes: number;
  /** @returns a promise: nothing more may come before it is settled */
  write(chunk: Buffer): Promise<void> | undefined;
  /** @param isWhole all bytes have come, with the checksum that the zip gives them */
  end(isWhole: boolean): Promise<void> | undefined;
}

/** Where the content of a member goes; `undefined`: nowhere. Directories are not asked about. */
export type Accept = (name: string) => MemberSink | undefined;

/** Pauses with a promise: until it is settled; with nothing: until there are more bytes. */
type Reading<Result> = Generator<Promise<void> | undefined, Result, void>;

interface Member {
  readonly name: string;
  readonly method: number;
  /** Sizes and checksum stand behind the content. */
  readonly isDescribedBehind: boolean;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

const stored = 0;
const deflated = 8;
/** Packed members up to this size are unpacked in one go. */
const smallBytes = 1 << 20;
/** Bytes that are unpacked at a time; they may become a thousand times as many. */
const inflatedAtOnce = 1 << 14;

/** @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3 and 4.5.3 */
export class ZipStream {
  readonly #feed = new ByteFeed();
  readonly #reading: Reading<void>;
  #isOver = false;

  constructor(accept: Accept) {
    this.#reading = members(this.#feed, accept);
  }

  /** Takes the next bytes of the zip, which stay as they are for good. What is no zip, or tells the length of a packed
   *  member only behind it, gives no further members.
   *  @returns a promise: nothing more may come before it is settled; it fails as the sinks do */
  take(chunk: Buffer): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    this.#feed.add(chunk);
    return this.#goOn(this.#reading.next());
  }

  /** True when no further members will be given, whatever comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** No more bytes come: a member that has begun is ended. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#goOn(this.#reading.return());
  }

  #goOn({ done, value: busy }: IteratorResult<Promise<void> | undefined, void>): Promise<void> | undefined {
    if (done === true) {
      this.#isOver = true;
      this.#feed.clear();
    }
    return busy?.then(() => this.#goOn(this.#reading.next()));
  }
}

function* members(feed: ByteFeed, accept: Accept): Reading<void> {
  for (;;) {
    const member = yield* nextMember(feed);
    if (member === undefined) return;
    const sink = member.name.endsWith('/') ? undefined : accept(member.name);
    const isWanted = sink !== undefined && (member.isDescribedBehind || member.sizeBytes === sink.sizeBytes);
    if (!isWanted) {
      if (member.isDescribedBehind) return;
      yield* passedOver(feed, member.packedBytes);
      continue;
    }
    let isWhole = false;
    let canGoOn = true;
    try {
      if (member.isDescribedBehind) canGoOn = isWhole = yield* describedBehind(feed, sink);
      else isWhole = yield* content(feed, member, sink);
    } finally {
      const busy = sink.end(isWhole);
      if (busy !== undefined) yield busy;
    }
    if (!canGoOn) return;
  }
}

/** `undefined`: here are no more members, or none that this reader knows. */
function* nextMember(feed: ByteFeed): Reading<Member | undefined> {
  const head = yield* feed.exactly(30);
  const flags = head.readUInt16LE(6);
  const method = head.readUInt16LE(8);
  const isEncrypted = (flags & 0x2041) !== 0;
  if (head.readUInt32LE(0) !== 0x04034b50 || isEncrypted) return undefined;
  const name = yield* feed.exactly(head.readUInt16LE(26));
  const extra = yield* feed.exactly(head.readUInt16LE(28));
  const [sizeBytes, packedBytes] = sizes(head, extra);
  const isDescribedBehind = (flags & 8) !== 0;
  const isKnown = isDescribedBehind
    ? method === stored
    : method === deflated || (method === stored && packedBytes === sizeBytes);
  if (!isKnown) return undefined;
  // Names of before UTF-8 match nothing that is wanted, unless they are plain.
  return {
    name: name.toString('utf8'),
    method,
    isDescribedBehind,
    crc32: head.readUInt32LE(14),
    packedBytes,
    sizeBytes,
  };
}

/** Unpacked and packed. */
function sizes(head: Buffer, extra: Buffer): readonly [number, number] {
  const packedBytes = head.readUInt32LE(18);
  const sizeBytes = head.readUInt32LE(22);
  if (packedBytes !== 0xffffffff && sizeBytes !== 0xffffffff) return [sizeBytes, packedBytes];
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const isZip64 = extra.readUInt16LE(at) === 1 && at + 20 <= extra.length;
    if (isZip64) return [Number(extra.readBigUInt64LE(at + 4)), Number(extra.readBigUInt64LE(at + 12))];
  }
  return [sizeBytes, packedBytes];
}

function* passedOver(feed: ByteFeed, count: number): Reading<void> {
  for (let left = count; left > 0;) left -= (yield* feed.next(left)).length;
}

function* content(feed: ByteFeed, member: Member, sink: MemberSink): Reading<boolean> {
  const checked = new CheckedSink(sink);
  if (member.method === stored) yield* copied(feed, member.packedBytes, checked);
  else if (Math.max(member.packedBytes, member.sizeBytes) <= smallBytes) {
    const unpacked = inflatedWhole(yield* feed.exactly(member.packedBytes), member.sizeBytes);
    if (unpacked !== undefined) yield* checked.write(unpacked);
  } else yield* inflated(feed, member.packedBytes, checked);
  return checked.hasAll(member.crc32);
}

/** Content of the wanted length, with its checksum behind it. When it is not there, nobody knows where the next one begins. */
function* describedBehind(feed: ByteFeed, sink: MemberSink): Reading<boolean> {
  const checked = new CheckedSink(sink);
  yield* copied(feed, sink.sizeBytes, checked);
  const behind = yield* feed.exactly(16);
  if (behind.readUInt32LE(0) !== 0x08074b50 || !checked.hasAll(behind.readUInt32LE(4))) return false;
  // Two lengths of four bytes, or of eight: the second one starts where the first one's upper half would be.
  const isShort = behind.readUInt32LE(12) === sink.sizeBytes && behind.readUInt32LE(8) === sink.sizeBytes;
  if (isShort) return true;
  const rest = yield* feed.exactly(8);
  const long = Buffer.concat([behind.subarray(8), rest]);
  return [0, 8].every((at) => long.readBigUInt64LE(at) === BigInt(sink.sizeBytes));
}

function* copied(feed: ByteFeed, count: number, to: CheckedSink): Reading<void> {
  for (let left = count; left > 0;) {
    const chunk = yield* feed.next(left);
    left -= chunk.length;
    yield* to.write(chunk);
  }
}

/** @returns `undefined` for what is damaged, or longer than it should be */
function inflatedWhole(packed: Buffer, sizeBytes: number): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  } catch {
    return undefined;
  }
}

function* inflated(feed: ByteFeed, packedBytes: number, to: CheckedSink): Reading<void> {
  const inflater = createInflateRaw();
  const unpacked: Buffer[] = [];
  inflater.on('data', (chunk: Buffer) => unpacked.push(chunk));
  // Seen in `errored` below; a write that fails may never be called back.
  inflater.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => inflater.once('close', () => resolve()));
  try {
    for (let left = packedBytes; left > 0;) {
      const chunk = yield* feed.next(Math.min(left, inflatedAtOnce));
      left -= chunk.length;
      if (inflater.errored !== null || to.isTooLong) continue;
      const written = new Promise<void>((resolve) => inflater.write(chunk, () => resolve()));
      yield Promise.race([written, closed]);
      for (const piece of unpacked.splice(0)) yield* to.write(piece);
    }
    if (inflater.errored !== null || to.isTooLong) return;
    inflater.end();
    yield closed;
    for (const piece of unpacked) yield* to.write(piece);
  } finally {
    inflater.destroy();
  }
}

/** Counts what goes through, and makes its checksum. */
class CheckedSink {
  readonly #sink: MemberSink;
  #crc32 = 0;
  #doneBytes = 0;

  constructor(sink: MemberSink) {
    this.#sink = sink;
  }

  get isTooLong(): boolean {
    return this.#doneBytes > this.#sink.sizeBytes;
  }

  *write(chunk: Buffer): Reading<void> {
    this.#doneBytes += chunk.length;
    if (this.isTooLong) return;
    this.#crc32 = crc32(chunk, this.#crc32);
    const busy = this.#sink.write(chunk);
    if (busy !== undefined) yield busy;
  }

  hasAll(checksum: number): boolean {
    return this.#doneBytes === this.#sink.sizeBytes && this.#crc32 === checksum;
  }
}

// Finds many texts in one pass: Rabin and Karp's way, with a table that says at once where none of them can begin.
import { shortestMask, lineBreaks } from './masks.ts';

/** A piece of the text that is to be hidden; offsets in UTF-16 units, `end` exclusive. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

const base = 0x01000193;
/** What the first of `shortestMask` characters weighs in the hash. */
const firstWeight = Array.from({ length: shortestMask - 1 }).reduce<number>(
  (weight) => Math.imul(weight, base),
  1,
);

export class MaskIndex {
  /** By the hash of their first characters, the longest first. */
  readonly #byHash = new Map<number, readonly string[]>();
  /** A bit for every low part of a hash that some mask has. */
  readonly #table: Uint8Array;
  readonly #lowBits: number;
  /** Beginnings that are too short for a hash. */
  readonly #prefixes = new Set<string>();
  readonly #longest: number;

  constructor(masks: Iterable<string>) {
    const all = [...masks].sort((a, b) => b.length - a.length);
    this.#longest = all[0]?.length ?? 0;
    const size = 2 ** Math.min(22, Math.ceil(Math.log2(1024 + all.length * 32)));
    this.#table = new Uint8Array(size);
    this.#lowBits = size - 1;
    for (const mask of all) {
      const hash = hashAt(mask, 0);
      this.#table[hash & this.#lowBits] = 1;
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), mask]);
      for (let length = 1; length < shortestMask; length++) this.#prefixes.add(mask.slice(0, length));
    }
  }

  /** All places of masks, from left to right, without overlaps; line breaks inside of one do not hide it. */
  find(text: string): readonly Found[] {
    const { joined, breaks } = join(text);
    const found = this.#findJoined(joined);
    return breaks.length === 0
      ? found
      : found.map(({ start, end }) => ({
          start: original(breaks, start),
          end: original(breaks, end - 1) + 1,
        }));
  }

  /** Where a mask may begin that the text does not hold to its end; the length of the text when none can. */
  unfinishedFrom(text: string): number {
    // The beginning of a line break as JSON writes it: it may go on, and then it is nothing.
    const certain = text.replace(/\\(?:r\\?)?$/, '');
    const { joined, breaks } = join(certain);
    for (let at = Math.max(0, joined.length - this.#longest); at < joined.length; at++) {
      if (this.#mayBeginAt(joined, at)) return original(breaks, at);
    }
    return certain.length;
  }

  #mayBeginAt(joined: string, at: number): boolean {
    const left = joined.length - at;
    if (left < shortestMask) return this.#prefixes.has(joined.slice(at));
    const candidates = this.#byHash.get(hashAt(joined, at)) ?? [];
    return candidates.some((mask) => mask.length > left && joined.startsWith(mask.slice(0, left), at));
  }

  #findJoined(text: string): readonly Found[] {
    const found: Found[] = [];
    const last = text.length - shortestMask;
    if (last < 0) return found;
    let hash = hashAt(text, 0);
    for (let at = 0; ; at++) {
      if (this.#table[hash & this.#lowBits] === 1) {
        const mask = this.#byHash.get(hash)?.find((candidate) => text.startsWith(candidate, at));
        const end = at + (mask?.length ?? 0);
        const before = found.at(-1);
        if (mask !== undefined && before !== undefined && at < before.end) {
          if (end > before.end) found[found.length - 1] = { start: before.start, end };
        } else if (mask !== undefined) {
          found.push({ start: at, end });
        }
      }
      if (at === last) return found;
      hash = Math.imul(hash - Math.imul(text.charCodeAt(at), firstWeight), base);
      hash = (hash + text.charCodeAt(at + shortestMask)) | 0;
    }
  }
}

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let index = at; index < at + shortestMask; index++) {
    hash = (Math.imul(hash, base) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

interface Break {
  /** Where it stood, in the joined text. */
  readonly at: number;
  /** How many characters were taken out up to here. */
  readonly removed: number;
}

function join(text: string): { readonly joined: string; readonly breaks: readonly Break[] } {
  if (!text.includes('\n') && !text.includes('\r') && !text.includes('\\'))
    return { joined: text, breaks: [] };
  const breaks: Break[] = [];
  const pieces: string[] = [];
  let from = 0;
  let removed = 0;
  for (const match of text.matchAll(lineBreaks)) {
    pieces.push(text.slice(from, match.index));
    breaks.push({ at: match.index - removed, removed: removed + match[0].length });
    removed += match[0].length;
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  return { joined: pieces.join(''), breaks };
}

/** The place of a character of the joined text in the text itself. */
function original(breaks: readonly Break[], at: number): number {
  let low = 0;
  let high = breaks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((breaks[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return at + (low === 0 ? 0 : (breaks[low - 1]?.removed ?? 0));
}

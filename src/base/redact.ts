// Masks every secret that this process has seen.
import { MaskIndex } from './mask-index.ts';
import { masksOf } from './masks.ts';

export const hidden = '[hidden]';

/** Values that were seen, and among them those whose forms are not worked out yet: most processes never have to. */
const seen = new Set<string>();
const fresh = new Set<string>();
const masks = new Set<string>();
let index: MaskIndex | undefined;

/** Has a value masked from now on. */
export function rememberSecret(value: string): void {
  if (seen.has(value) || value.trim() === '') return;
  seen.add(value);
  fresh.add(value);
}

/** Masks every secret this process has seen: as it is, base64 (also inside of a longer text), URL-encoded, JSON-escaped,
 *  hexadecimal, and broken into lines. Every text that leaves through errors, logs, ledger, `--json` or the page
 *  passes through here. */
export function redact(text: string): string {
  return withoutTokens(masked(text));
}

function masked(text: string): string {
  const found = upToDateIndex()?.find(text) ?? [];
  if (found.length === 0) return text;
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of found) {
    pieces.push(text.slice(from, start), hidden);
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

/** What looks like a token is masked even when nobody has seen it before. */
function withoutTokens(text: string): string {
  return text
    .replace(/\b(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}/g, `$1${hidden}`)
    .replace(/([?&](?:access_token|token|code|client_secret)=)[^&\s"']+/g, `$1${hidden}`);
}

function upToDateIndex(): MaskIndex | undefined {
  if (fresh.size > 0) {
    const before = masks.size;
    for (const value of fresh) for (const mask of masksOf(value)) masks.add(mask);
    fresh.clear();
    if (masks.size > before) index = new MaskIndex(masks);
  }
  return index;
}

/** Longest line of which a beginning is held back until the rest of it has come. */
const longestLine = 64 * 1024;

/** Redacts a text that comes in pieces, also where a secret lies on the border of two. */
export class StreamRedactor {
  #held = '';

  /** Takes a piece; gives what can be shown by now. */
  push(piece: string): string {
    const text = this.#held + piece;
    const cut = this.#cutOf(text);
    this.#held = text.slice(cut);
    return redact(text.slice(0, cut));
  }

  /** Where the text can be cut: behind a whole line, before a secret that has only begun, and inside of none. */
  #cutOf(text: string): number {
    const secrets = upToDateIndex()?.find(text) ?? [];
    let cut = Math.min(text.length, index?.unfinishedFrom(text) ?? text.length);
    for (;;) {
      const before = cut;
      const lineStart = text.lastIndexOf('\n', cut - 1) + 1;
      if (cut - lineStart <= longestLine) cut = lineStart;
      cut = secrets.find(({ start, end }) => start < cut && end > cut)?.start ?? cut;
      if (cut === before) return cut;
    }
  }

  /** Gives what was held back. */
  end(): string {
    const rest = redact(this.#held);
    this.#held = '';
    return rest;
  }
}

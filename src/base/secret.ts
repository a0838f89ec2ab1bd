// A value that must never be seen: it travels in a wrapper that prints as `[hidden]`, and every value that
// was ever wrapped is remembered here so that `redact` can mask it wherever it turns up.
import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';

const hidden = '[hidden]';
const masks = new Set<string>();

/** A token, password, certificate or key. `reveal` is the only way to the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    remember(value);
  }

  /** The value itself, for the one place that sends or stores it. */
  reveal(): string {
    return this.#value;
  }

  get isEmpty(): boolean {
    return this.#value === '';
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}

/** Masks every secret this process has seen: as it is, base64, URL-encoded, JSON-escaped, or line by line.
 *  Every text that leaves through errors, logs, ledger, `--json` or the page passes through here. */
export function redact(text: string): string {
  let masked = text;
  for (const mask of masks) {
    if (masked.includes(mask)) masked = masked.replaceAll(mask, hidden);
  }
  return masked
    .replace(/\b(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}/g, `$1${hidden}`)
    .replace(/([?&](?:access_token|token|code|client_secret)=)[^&\s"']+/g, `$1${hidden}`);
}

// Shorter values (a voms password `1`) would mask half of any text, so they are left to their wrapper alone.
const shortestMask = 6;

function remember(value: string): void {
  const forms = new Set([value, value.trim(), ...value.split(/\r?\n/)]);
  for (const form of forms) {
    if (form.length < shortestMask) continue;
    masks.add(form);
    masks.add(encodeURIComponent(form));
    masks.add(JSON.stringify(form).slice(1, -1));
    const base64 = Buffer.from(form, 'utf8').toString('base64');
    masks.add(base64);
    // Without its end, base64 also matches where more text follows the secret in the same encoding.
    if (base64.length > 12) masks.add(base64.replace(/=+$/, '').slice(0, -1));
  }
}

// What a server said, reduced to one line that is safe to show.
import { redact } from '../base/secret.ts';
import { printable } from '../base/text.ts';

const longestWords = 400;

/** The server's own words: the `message` of a JSON answer, the title of an HTML page, or the first lines of a
 *  text up to a Python traceback; one line without control characters, shortened, secrets masked.
 *  An empty body gives an empty text. */
export function serverWords(body: string): string {
  const trimmed = body.trim();
  const words =
    jsonMessage(trimmed) ?? (trimmed.startsWith('<') ? htmlTitle(trimmed) : beforeTraceback(trimmed));
  const line = redact(printable(words).replace(/\s+/g, ' ').trim());
  return line.length > longestWords ? `${line.slice(0, longestWords - 1)}…` : line;
}

function jsonMessage(text: string): string | undefined {
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // The legacy form of PanDA, `[false, "why"]`, beside the usual `{"message": "why"}`.
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.find((item) => typeof item === 'string');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key of ['message', 'error_description', 'error', 'detail']) {
    const words: unknown = Reflect.get(value, key);
    if (typeof words === 'string' && words !== '') return words;
  }
  return undefined;
}

function htmlTitle(page: string): string {
  for (const tag of ['title', 'h1', 'h2']) {
    const inside = new RegExp(`<${tag}\\b[^>]*>([^<]{1,500})`, 'i').exec(page)?.[1]?.trim();
    if (inside !== undefined && inside !== '') return unescapeHtml(inside);
  }
  const text = page
    .slice(0, 20_000)
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ');
  return unescapeHtml(text);
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  amp: '&',
};

function unescapeHtml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|nbsp|amp);/g, (_, name: string) => entities[name] ?? '');
}

function beforeTraceback(text: string): string {
  const cut = text.indexOf('Traceback (most recent call last)');
  // A text that is nothing but a traceback says what went wrong in its last line.
  if (cut === 0) return text.slice(text.lastIndexOf('\n') + 1);
  return cut < 0 ? text : text.slice(0, cut);
}

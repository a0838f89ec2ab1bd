// All the ways in which a secret can turn up in a text: as it is, in base64, in a URL, in JSON, in hexadecimal.
import { Buffer } from 'node:buffer';

/** Shorter values (a voms password `1`) would mask half of any text, so they are left to their wrapper alone. */
export const shortestMask = 6;

/** Longer ones are files; their lines are too many to look for each in every form. */
const mostLinesInAllForms = 20;

/** What may stand between the pieces of a value that was broken into lines: line breaks with the indentation after
 *  them, also as they are written in JSON and in YAML. */
export const lineBreaks = /(?:\r\n?|\n|(?:\\r)?\\n)[ \t]*/g;

/** The forms of a value, without line breaks, each at least `shortestMask` long. */
export function masksOf(value: string): ReadonlySet<string> {
  const masks = new Set<string>();
  const add = (form: string): void => {
    const joined = form.replaceAll(lineBreaks, '');
    if (joined.length >= shortestMask) masks.add(joined);
  };
  const addAll = (text: string): void => {
    if (text.length < shortestMask) return;
    for (const form of textForms(text)) add(form);
    for (const form of byteForms(Buffer.from(text))) add(form);
  };
  addAll(value);
  addAll(value.trim());
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  if (lines.length > 1) {
    // The body of a PEM, which other programs break at other columns.
    addAll(lines.filter((line) => !line.startsWith('-----')).join(''));
    for (const line of lines) {
      if (line.startsWith('-----')) continue;
      if (lines.length <= mostLinesInAllForms) addAll(line);
      else for (const form of textForms(line)) add(form);
    }
  }
  const bytes = decoded(value.replaceAll(/\s+/g, ''));
  if (bytes !== undefined) {
    for (const form of byteForms(bytes)) add(form);
    const text = bytes.toString('utf8');
    // A file that is no text has no lines to look for.
    if (!text.includes('\ufffd') && text !== value) addAllOfFile(text, add);
  }
  return masks;
}

function addAllOfFile(text: string, add: (form: string) => void): void {
  for (const form of textForms(text)) add(form);
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith('-----')) for (const form of textForms(line.trim())) add(form);
  }
}

function textForms(text: string): readonly string[] {
  // A lone half of a surrogate pair has no form in a URL.
  const url = encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\ufffd'));
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    url,
    url.replaceAll('%20', '+'),
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ];
}

/** Base64 as it is, and the part of it that stays the same wherever in a longer text the value stands: the bytes around
 *  it shift it by one or two, and share its first and last characters. */
function byteForms(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64');
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const first = shift === 0 ? 0 : shift + 1;
    return text.slice(first, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const hex = bytes.toString('hex');
  const plain = [whole, ...shifted];
  const forURLs = plain.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...plain, ...forURLs, ...plain.map(encodeURIComponent), hex, hex.toUpperCase()];
}

/** The bytes behind base64; `undefined` when it is none, or so short that any word could be. */
function decoded(text: string): Buffer | undefined {
  if (text.length < 16 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

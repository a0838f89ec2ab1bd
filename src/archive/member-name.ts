// Names of archive members: which ones may be written, and which ones may be believed.
import { sep } from 'node:path';
import { printable } from '../base/text.ts';

export type MemberName =
  | {
      readonly ok: true;
      /** relative, `/` between parts, no `.` parts; `''` is the archive's own root */ readonly name: string;
    }
  | { readonly ok: false; /** ends a sentence: `the name …` */ readonly fault: string };

/** Reads a member's name as it stands in an archive, or as a caller wants it there. `./a//b/` becomes `a/b`.
 *  Refused: absolute names, `..`, control characters, text that was not UTF-8, and on Windows what that system
 *  takes for a path of its own.
 *  @param control whether control characters other than NUL are taken */
export function parseMemberName(raw: string, control: 'refused' | 'taken' = 'refused'): MemberName {
  if (raw === '') return { ok: false, fault: 'is empty' };
  if (control === 'taken' ? raw.includes('\0') : hasControlCharacter(raw))
    return { ok: false, fault: 'holds a control character' };
  if (raw.includes('\ufffd')) return { ok: false, fault: 'is not valid UTF-8' };
  if (raw.startsWith('/')) return { ok: false, fault: 'is absolute' };
  if (sep === '\\' && /[\\:]/.test(raw)) return { ok: false, fault: 'holds `\\` or `:`' };
  const parts = raw.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { ok: false, fault: 'holds `..`' };
  return { ok: true, name: parts.join('/') };
}

/** True when a text holds C0 or C1 control characters or DEL: line breaks and terminal escapes among them. */
export function hasControlCharacter(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what this looks for
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/** A name as a message may show it: without control characters, and not longer than a line or two. */
export function shownName(raw: string): string {
  const text = printable(raw).replace(/[\n\t]/g, '');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** By code unit, so that the order of members never depends on the machine's language. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

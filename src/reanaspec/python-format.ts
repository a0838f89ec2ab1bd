// Format strings of Python, `cp {input} {output}`, as `str.format` takes them. @see Python's "Format String Syntax"

export interface FormatField {
  /** What is looked up: `x` in `{x}`, `{x[0]}` and `{x:05d}`; empty or a number where the place counts. */
  readonly name: string;
  /** What is asked of what was found: `real` in `{x.real}` and `{x[0].real}`; `undefined`: nothing but members. */
  readonly attribute: string | undefined;
  /** Offsets of the braces in the text, end exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface FormatString {
  readonly fields: readonly FormatField[];
  /** Why the text is no format string; Python stops with a ValueError. */
  readonly fault: FormatFault | undefined;
}

export interface FormatFault {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** The fields of a format string, those inside of format specifications too. */
export function parseFormat(text: string): FormatString {
  const fields: FormatField[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char !== '{' && char !== '}') {
      at++;
      continue;
    }
    if (text.charAt(at + 1) === char) {
      at += 2;
      continue;
    }
    if (char === '}') return { fields, fault: { message: 'a single `}`', start: at, end: at + 1 } };
    const end = closingBrace(text, at);
    if (end === undefined)
      return { fields, fault: { message: 'a `{` that is never closed', start: at, end: at + 1 } };
    addField(text, at, end, fields);
    at = end;
  }
  return { fields, fault: undefined };
}

/** True when the place of an argument counts, not its name: `{}`, `{0}`. */
export function isPositional(field: FormatField): boolean {
  return /^\d*$/.test(field.name);
}

/** What the text becomes, with the same word in place of every field. */
export function fillFormat(text: string, { fields }: FormatString, word: string): string {
  let filled = '';
  let at = 0;
  const unbraced = (part: string): string => part.replaceAll('{{', '{').replaceAll('}}', '}');
  for (const field of fields) {
    if (field.start < at) continue;
    filled += unbraced(text.slice(at, field.start)) + word;
    at = field.end;
  }
  return filled + unbraced(text.slice(at));
}

/** The offset after the brace that closes the one at `start`. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

function addField(text: string, start: number, end: number, fields: FormatField[]): void {
  const inside = text.slice(start + 1, end - 1);
  const head = /^[^!:{}]*/.exec(inside)?.[0] ?? '';
  fields.push({ ...partsOf(head), start, end });
  // A specification may have fields of its own; Python allows one level.
  for (const match of inside.slice(head.length).matchAll(/\{([^!:{}]*)[^{}]*\}/g)) {
    const at = start + 1 + head.length + match.index;
    fields.push({ ...partsOf(match[1] ?? ''), start: at, end: at + match[0].length });
  }
}

function partsOf(head: string): Pick<FormatField, 'name' | 'attribute'> {
  const name = /^[^.[]*/.exec(head)?.[0] ?? '';
  const attribute = /\.([^.[]*)/.exec(head.slice(name.length).replace(/\[[^\]]*\]?/g, ''))?.[1];
  return { name, attribute };
}

// Values as documents and task parameters carry them, and how Python shows them.

export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainObject;
export interface PlainObject {
  readonly [key: string]: PlainValue;
}

/** Python's `str()`: a text is itself, everything else as `repr()` shows it. */
export function pythonText(value: PlainValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Python's `repr()`: `None`, `True`, `'text'`, `['a', 1]`, `{'a': 1}`. */
export function pythonRepr(value: PlainValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return textRepr(value);
  if (isList(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${textRepr(key)}: ${pythonRepr(item)}`)
    .join(', ')}}`;
}

/** Python's `json.dumps` with its default blanks and escapes: `{"a": [1, 2]}`. */
export function pythonJson(value: PlainValue): string {
  if (typeof value === 'string') return asciiJson(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${asciiJson(key)}: ${pythonJson(item)}`)
    .join(', ')}}`;
}

/** Python's `urllib.parse.quote`: everything but letters, digits and `_.-~/` as UTF-8 in percent signs. */
export function percentQuote(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

/** A text as `repr()` shows it: in the quotes that Python chooses, with what cannot be printed written out. */
export function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'\n\r\t]|[\p{C}\p{Z}]/gu, (char) => {
    if (char === ' ' || (char === "'" && quote === '"')) return char;
    const named: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };
    return named[char] ?? numberedEscape(char.codePointAt(0) ?? 0);
  });
  return quote + escaped + quote;
}

function numberedEscape(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

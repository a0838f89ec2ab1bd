// Plain scalars of the YAML 1.2 core schema: null, true, false, whole numbers and fractions; everything else is text.
import type { ScalarStyle as ParserStyle } from 'js-yaml';
import type { ScalarStyle } from './nodes.ts';

const styles: Readonly<Record<ParserStyle, ScalarStyle>> = {
  1: 'plain',
  2: 'single',
  3: 'double',
  4: 'literal',
  5: 'folded',
};

export function scalarStyle(style: ParserStyle): ScalarStyle {
  return styles[style];
}

type ScalarValue = string | number | boolean | null;

/** What an unquoted text means. @see YAML 1.2.2 section 10.3.2 */
export function coreValue(text: string): ScalarValue {
  // Most values are words; only these characters begin anything else.
  if (text !== '' && !special.has(text.charCodeAt(0))) return text;
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  // Underlines between digits are no part of the schema, but Python's readers take them, and so does the server.
  if (/^[-+]?\d[\d_]*$/.test(text)) return wholeNumber(text, Number(text.replaceAll('_', '')));
  if (/^0o[0-7]+$|^0x[\da-fA-F]+$/.test(text)) return wholeNumber(text, Number(text));
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return NaN;
  return text;
}

const special: ReadonlySet<number> = new Set(
  Array.from('-+.0123456789~nNtTfF', (char) => char.charCodeAt(0)),
);

// A seed of twenty digits must not change on its way; as a text it stays what it is.
function wholeNumber(text: string, value: number): number | string {
  return Number.isSafeInteger(value) ? value : text;
}

/** What a text with an explicit tag means; `undefined` for a tag that is not one of the core schema. */
export function taggedValue(tag: string, text: string): ScalarValue | undefined {
  switch (tag) {
    case '!':
    case '!!str':
      return text;
    case '!!null':
    case '!!bool':
    case '!!int':
      return coreValue(text);
    case '!!float': {
      const value = coreValue(text);
      return typeof value === 'number' ? value : text;
    }
    default:
      return undefined;
  }
}

// JSON that Python's reader takes for what was meant: `1.0` is a float there and `1` is not, and a command shows which.
import { pythonFloat } from '../workflow/python-number.ts';
import { PythonFloat } from './python-value.ts';

/** Reads JSON; floats whose values are whole are `PythonFloat`s, everything else as `JSON.parse` gives it.
 *  @throws SyntaxError for what is no JSON */
export function parsePythonJson(text: string): unknown {
  const plain: unknown = JSON.parse(text);
  if (!/\d[.eE]/.test(text)) return plain;
  let mark = 'float';
  while (text.includes(`"${mark}"`)) mark += '_';
  // In a text that is known to be JSON, whatever is in quotes is a text, and whatever else has digits a number.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    /^[^"]*[.eE]/.test(token) && Number.isInteger(Number(token)) ? `{"${mark}":${token}}` : token,
  );
  return JSON.parse(marked, (_, value: unknown) => {
    const float: unknown =
      typeof value === 'object' && value !== null && mark in value ? Reflect.get(value, mark) : undefined;
    return typeof float === 'number' ? new PythonFloat(float) : value;
  });
}

/** A value as JSON; floats stay floats. Else as `JSON.stringify` writes it. */
export function pythonJson(value: unknown): string {
  if (value instanceof PythonFloat) return floatText(value.value);
  if (typeof value === 'number' && !Number.isInteger(value)) return floatText(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(',')}]`;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${pythonJson(member)}`).join(',')}}`;
}

/** With a point, without which Python's YAML would take `1e-07` for a text. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = pythonFloat(value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}

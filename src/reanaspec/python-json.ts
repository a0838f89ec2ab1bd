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
  if (marked === text) return plain;
  const top = { value: JSON.parse(marked) as unknown };
  // Not by a reviver, nor by functions that call themselves: a document may be nested deeper than their stack.
  const left: object[] = [top];
  for (let holder = left.pop(); holder !== undefined; holder = left.pop()) {
    for (const [key, value] of Object.entries(holder) as [string, unknown][]) {
      if (typeof value !== 'object' || value === null) continue;
      const float: unknown = Object.hasOwn(value, mark) ? Reflect.get(value, mark) : undefined;
      if (typeof float === 'number')
        Object.defineProperty(holder, key, { value: new PythonFloat(float), ...plainly });
      else left.push(value);
    }
  }
  return top.value;
}

/** Also for a key that is called `__proto__`. */
const plainly = { writable: true, enumerable: true, configurable: true };

/** A value as JSON; floats stay floats. Else as `JSON.stringify` writes it. */
export function pythonJson(value: unknown): string {
  const pieces: string[] = [];
  const left: (Written | Unwritten)[] = [{ value }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if ('text' in next) pieces.push(next.text);
    else {
      const parts = partsOf(next.value);
      if (typeof parts === 'string') pieces.push(parts);
      else for (const part of parts.reverse()) left.push(part);
    }
  }
  return pieces.join('');
}

interface Written {
  readonly text: string;
}

interface Unwritten {
  readonly value: unknown;
}

/** The text of a plain value, or what that of a list or mapping is made of. */
function partsOf(value: unknown): string | (Written | Unwritten)[] {
  if (value instanceof PythonFloat) return floatText(value.value);
  if (typeof value === 'number' && !Number.isInteger(value)) return floatText(value);
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown, index) => [
      { text: index === 0 ? '' : ',' },
      { value: item },
    ]);
    return [{ text: '[' }, ...items, { text: ']' }];
  }
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const written = members.flatMap(([key, member], index) => [
    { text: `${index === 0 ? '' : ','}${JSON.stringify(key)}:` },
    { value: member as unknown },
  ]);
  return [{ text: '{' }, ...written, { text: '}' }];
}

/** With a point, without which Python's YAML would take `1e-07` for a text. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = pythonFloat(value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}

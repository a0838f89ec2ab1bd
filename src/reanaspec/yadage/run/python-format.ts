// Python's `str.format` with named values: what Yadage fills commands and paths in with.
// @see Python 3, Library Reference, "Format String Syntax"
import { isList, PythonFloat, pythonRepr, pythonText, type PythonValue } from '../../python-value.ts';
import { YadageFault } from './fault.ts';

/** `{name}`, `{name[key]}`, `{name!r}` and `{name:>8.2f}` are replaced; braces are written twice.
 *  @throws UnnamedField for `{}` and `{0}`
 *  @throws YadageFault for a name without a value, a brace that is alone, or a format that does not fit */
export function pythonFormat(text: string, values: Readonly<Record<string, PythonValue>>): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if ((char === '{' || char === '}') && text.charAt(at + 1) === char) {
      result += char;
      at += 2;
    } else if (char === '}') {
      throw new YadageFault(`\`${shown(text)}\`: a single \`}\` must be written \`}}\``);
    } else if (char === '{') {
      const end = endOfField(text, at);
      result += fieldText(text.slice(at + 1, end - 1), text, values);
      at = end;
    } else {
      result += char;
      at++;
    }
  }
  return result;
}

/** A field without a name: there are no positions to take it from. */
export class UnnamedField extends YadageFault {}

/** Behind the brace that closes a field; fields may stand in its format. */
function endOfField(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text.charAt(at) === '{') depth++;
    else if (text.charAt(at) === '}' && --depth === 0) return at + 1;
  }
  throw new YadageFault(`\`${shown(text)}\`: a single \`{\` must be written \`{{\``);
}

function fieldText(field: string, text: string, values: Readonly<Record<string, PythonValue>>): string {
  const match = /^([^!:[.]*)((?:\.[^!:[.]+|\[[^\]]*\])*)(?:!([rsa]))?(?::([^]*))?$/.exec(field);
  if (match === null) throw new YadageFault(`\`${shown(text)}\`: \`{${field}}\` cannot be read`);
  const [, name = '', path = '', conversion, format = ''] = match;
  if (/^\d*$/.test(name)) throw new UnnamedField(`\`${shown(text)}\`: \`{${field}}\` has no name`);
  if (!Object.hasOwn(values, name))
    throw new YadageFault(`\`${shown(text)}\`: there is no value for \`{${name}}\``);
  const value = memberAt(values[name] ?? null, path, field);
  const converted: PythonValue =
    conversion === undefined ? value : conversion === 's' ? pythonText(value) : pythonRepr(value);
  return formatted(converted, pythonFormat(format, values), field);
}

function memberAt(value: PythonValue, path: string, field: string): PythonValue {
  let member = value;
  for (const [step, key] of path.matchAll(/\.[^.[]+|\[([^\]]*)\]/g)) {
    // Values of JSON have no attributes that a text would ask for.
    if (key === undefined) throw new YadageFault(`\`{${field}}\`: the value has no attribute \`${step}\``);
    const found: PythonValue | undefined = isList(member)
      ? member[Number(key)]
      : typeof member === 'object' && member !== null && !(member instanceof PythonFloat)
        ? member[key]
        : undefined;
    if (found === undefined) throw new YadageFault(`\`{${field}}\`: there is no \`${key}\` in the value`);
    member = found;
  }
  return member;
}

interface Layout {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly width: number;
  readonly comma: boolean;
  readonly precision: number | undefined;
  readonly type: string;
}

const layoutSyntax = /^(?:([^])?([<>=^]))?([-+ ])?#?(0)?(\d+)?(,|_)?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/;

function formatted(value: PythonValue, format: string, field: string): string {
  if (format === '') return pythonText(value);
  const match = layoutSyntax.exec(format);
  if (match === null) throw new YadageFault(`\`{${field}}\`: \`${format}\` is no format`);
  const [, fill, align, sign = '-', zero, width, comma, precision, type = ''] = match;
  const isNumber = typeof value === 'number' || value instanceof PythonFloat;
  const layout: Layout = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? (isNumber ? '>' : '<') : '='),
    sign,
    width: Number(width ?? 0),
    comma: comma === ',',
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
  if (isNumber) return padded(numberText(value, layout, field), layout);
  if (type !== '' && type !== 's')
    throw new YadageFault(`\`{${field}}\`: the format \`${type}\` is for numbers only`);
  return padded(pythonText(value).slice(0, layout.precision), layout);
}

function numberText(given: number | PythonFloat, layout: Layout, field: string): string {
  const value = typeof given === 'number' ? given : given.value;
  const isWhole = typeof given === 'number' && Number.isInteger(given);
  const sign = value < 0 || Object.is(value, -0) ? '-' : layout.sign === '-' ? '' : layout.sign;
  return sign + grouped(digits(Math.abs(value), isWhole, layout, given, field), layout.comma);
}

function digits(
  value: number,
  isWhole: boolean,
  { type, precision }: Layout,
  given: PythonValue,
  field: string,
): string {
  const bases: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };
  const base = bases[type];
  if (base !== undefined || type === 'd' || type === 'c') {
    if (!isWhole) throw new YadageFault(`\`{${field}}\`: the format \`${type}\` is for whole numbers only`);
    if (type === 'c') return String.fromCodePoint(value);
    const text = value.toString(base ?? 10);
    return type === 'X' ? text.toUpperCase() : text;
  }
  switch (type) {
    case 'f':
    case 'F':
      return value.toFixed(precision ?? 6);
    case '%':
      return `${(value * 100).toFixed(precision ?? 6)}%`;
    case 'e':
    case 'E': {
      const text = twoDigits(value.toExponential(precision ?? 6));
      return type === 'E' ? text.toUpperCase() : text;
    }
    case '':
      return precision === undefined ? pythonText(given).replace(/^-/, '') : general(value, precision);
    default: {
      const text = general(value, precision ?? 6);
      return type === 'G' ? text.toUpperCase() : text;
    }
  }
}

/** The shorter of the two forms, without zeros at the end. */
function general(value: number, precision: number): string {
  const places = Math.max(1, precision);
  const exponent = value === 0 ? 0 : Number(value.toExponential(places - 1).replace(/^.*e/, ''));
  if (exponent < -4 || exponent >= places)
    return twoDigits(value.toExponential(places - 1).replace(/\.?0*e/, 'e'));
  const text = value.toFixed(places - 1 - exponent);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Python writes exponents with two digits at least. */
const twoDigits = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

const grouped = (text: string, comma: boolean): string =>
  comma ? text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ',')) : text;

function padded(text: string, { fill, align, width }: Layout): string {
  const missing = Math.max(0, width - Array.from(text).length);
  if (missing === 0) return text;
  const before = align === '<' ? 0 : align === '^' ? Math.floor(missing / 2) : missing;
  if (align === '=') {
    const [sign = ''] = /^[-+ ]?/.exec(text) ?? [];
    return sign + fill.repeat(missing) + text.slice(sign.length);
  }
  return fill.repeat(before) + text + fill.repeat(missing - before);
}

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

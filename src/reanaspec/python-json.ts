// JSON that Python's reader takes for what was meant: `1.0` is a float there and `1` is not, and a command shows which.
import { pythonFloat } from '../workflow/python-number.ts';
import { PythonFloat } from './python-value.ts';

/** A value as JSON; floats stay floats. Else as `JSON.stringify` writes it. */
export function pythonJson(value: unknown): string {
  if (value instanceof PythonFloat) return Number.isFinite(value.value) ? pythonFloat(value.value) : 'null';
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(',')}]`;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${pythonJson(member)}`).join(',')}}`;
}

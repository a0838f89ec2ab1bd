// Texts inside of values.
import { isList, PythonFloat, type PythonValue } from '../../python-value.ts';

/** Replaces every text in a value, at any depth. */
export function mapTexts(value: PythonValue, change: (text: string) => PythonValue): PythonValue {
  if (typeof value === 'string') return change(value);
  if (isList(value)) return value.map((member) => mapTexts(member, change));
  if (typeof value !== 'object' || value === null || value instanceof PythonFloat) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapTexts(member, change)]));
}

/** A value as an object of members; none for anything else. */
export function membersOf(value: PythonValue): Readonly<Record<string, PythonValue>> {
  const isObject =
    typeof value === 'object' && value !== null && !isList(value) && !(value instanceof PythonFloat);
  return isObject ? value : {};
}

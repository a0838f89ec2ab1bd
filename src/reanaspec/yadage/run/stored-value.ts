// Results as JSON that can be stored and read again without a float becoming a whole number.
import { isList, PythonFloat, type PythonValue } from '../../python-value.ts';

export type StoredValue =
  string | number | boolean | null | readonly StoredValue[] | { readonly [key: string]: StoredValue };

/** No key of a result begins like this one. */
const floatKey = '\u0000float';

export function toStored(value: PythonValue): StoredValue {
  if (value instanceof PythonFloat) return { [floatKey]: value.value };
  if (isList(value)) return value.map(toStored);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toStored(member)]));
}

export function fromStored(value: StoredValue): PythonValue {
  if (Array.isArray(value)) return (value as readonly StoredValue[]).map(fromStored);
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Readonly<Record<string, StoredValue>>;
  const float = members[floatKey];
  if (typeof float === 'number') return new PythonFloat(float);
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, fromStored(member)]));
}

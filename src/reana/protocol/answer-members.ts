// Members of REANA's answers. What must be there throws in words when it is not; what may be absent may also be `null` or of
// another kind.

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function member(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

export function text(value: unknown, key: string): string {
  const found = member(value, key);
  if (typeof found !== 'string' || found === '') throw new Error(`\`${key}\` is not a text`);
  return found;
}

export function optionalText(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

export function number(value: unknown, key: string): number {
  const found = member(value, key);
  if (typeof found !== 'number' || !Number.isFinite(found)) throw new Error(`\`${key}\` is not a number`);
  return found;
}

export function optionalNumber(value: unknown, key: string): number | undefined {
  const found = member(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function optionalFlag(value: unknown, key: string): boolean | undefined {
  const found = member(value, key);
  return typeof found === 'boolean' ? found : undefined;
}

export function texts(value: unknown, key: string): readonly string[] {
  const found = member(value, key);
  return Array.isArray(found) ? found.filter((item: unknown) => typeof item === 'string') : [];
}

export const namesOf = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : []);

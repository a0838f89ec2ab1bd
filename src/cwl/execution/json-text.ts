// JSON as Python writes it, with a blank behind each comma and colon: other runners do, so files come out the same.
import type { Value } from '../../workflow/model.ts';
import { isList } from './values.ts';

export function jsonText(value: Value): string {
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${jsonText(member)}`,
  );
  return `{${members.join(', ')}}`;
}
